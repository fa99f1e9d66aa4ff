/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

const $root = $protobuf.roots["otherworld"] || ($protobuf.roots["otherworld"] = {});

export const otherworld = $root.otherworld = (() => {

    const otherworld = {};

    otherworld.Vec3 = (function() {

        const Vec3 = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Vec3.prototype.x = 0;
        Vec3.prototype.y = 0;
        Vec3.prototype.z = 0;

        Vec3.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.x != null && $Object.hasOwnProperty.call(message, "x") && !$Object.is(message.x, 0))
                writer.uint32(13).float(message.x);
            if (message.y != null && $Object.hasOwnProperty.call(message, "y") && !$Object.is(message.y, 0))
                writer.uint32(21).float(message.y);
            if (message.z != null && $Object.hasOwnProperty.call(message, "z") && !$Object.is(message.z, 0))
                writer.uint32(29).float(message.z);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Vec3.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Vec3();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.x = value;
                        else
                            delete message.x;
                        continue;
                    }
                case 2: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.y = value;
                        else
                            delete message.y;
                        continue;
                    }
                case 3: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.z = value;
                        else
                            delete message.z;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Vec3;
    })();

    otherworld.Quat = (function() {

        const Quat = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Quat.prototype.x = 0;
        Quat.prototype.y = 0;
        Quat.prototype.z = 0;
        Quat.prototype.w = 0;

        Quat.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.x != null && $Object.hasOwnProperty.call(message, "x") && !$Object.is(message.x, 0))
                writer.uint32(13).float(message.x);
            if (message.y != null && $Object.hasOwnProperty.call(message, "y") && !$Object.is(message.y, 0))
                writer.uint32(21).float(message.y);
            if (message.z != null && $Object.hasOwnProperty.call(message, "z") && !$Object.is(message.z, 0))
                writer.uint32(29).float(message.z);
            if (message.w != null && $Object.hasOwnProperty.call(message, "w") && !$Object.is(message.w, 0))
                writer.uint32(37).float(message.w);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Quat.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Quat();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.x = value;
                        else
                            delete message.x;
                        continue;
                    }
                case 2: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.y = value;
                        else
                            delete message.y;
                        continue;
                    }
                case 3: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.z = value;
                        else
                            delete message.z;
                        continue;
                    }
                case 4: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.w = value;
                        else
                            delete message.w;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Quat;
    })();

    otherworld.Box = (function() {

        const Box = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Box.prototype.halfExtents = null;

        Box.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.halfExtents != null && $Object.hasOwnProperty.call(message, "halfExtents"))
                $root.otherworld.Vec3.encode(message.halfExtents, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Box.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Box();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.halfExtents = $root.otherworld.Vec3.decode(reader, reader.size(), $undefined, _depth + 1, message.halfExtents);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Box;
    })();

    otherworld.Sphere = (function() {

        const Sphere = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Sphere.prototype.radius = 0;

        Sphere.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.radius != null && $Object.hasOwnProperty.call(message, "radius") && !$Object.is(message.radius, 0))
                writer.uint32(13).float(message.radius);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Sphere.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Sphere();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.radius = value;
                        else
                            delete message.radius;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Sphere;
    })();

    otherworld.Capsule = (function() {

        const Capsule = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Capsule.prototype.halfHeight = 0;
        Capsule.prototype.radius = 0;

        Capsule.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.halfHeight != null && $Object.hasOwnProperty.call(message, "halfHeight") && !$Object.is(message.halfHeight, 0))
                writer.uint32(13).float(message.halfHeight);
            if (message.radius != null && $Object.hasOwnProperty.call(message, "radius") && !$Object.is(message.radius, 0))
                writer.uint32(21).float(message.radius);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Capsule.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Capsule();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.halfHeight = value;
                        else
                            delete message.halfHeight;
                        continue;
                    }
                case 2: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.radius = value;
                        else
                            delete message.radius;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Capsule;
    })();

    otherworld.Convex = (function() {

        const Convex = function (properties) {
            this.points = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Convex.prototype.points = $util.emptyArray;

        Convex.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.points != null && message.points.length)
                writer.uint32(10).floats(message.points);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Convex.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Convex();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType === 2) {
                            if (!(message.points && message.points.length))
                                message.points = [];
                            reader.floats(message.points);
                            continue;
                        }
                        if (wireType !== 5)
                            break;
                        if (!(message.points && message.points.length))
                            message.points = [];
                        message.points.push(reader.float());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Convex;
    })();

    otherworld.Trimesh = (function() {

        const Trimesh = function (properties) {
            this.vertices = [];
            this.indices = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Trimesh.prototype.vertices = $util.emptyArray;
        Trimesh.prototype.indices = $util.emptyArray;

        Trimesh.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.vertices != null && message.vertices.length)
                writer.uint32(10).floats(message.vertices);
            if (message.indices != null && message.indices.length)
                writer.uint32(18).uint32s(message.indices);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Trimesh.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Trimesh();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType === 2) {
                            if (!(message.vertices && message.vertices.length))
                                message.vertices = [];
                            reader.floats(message.vertices);
                            continue;
                        }
                        if (wireType !== 5)
                            break;
                        if (!(message.vertices && message.vertices.length))
                            message.vertices = [];
                        message.vertices.push(reader.float());
                        continue;
                    }
                case 2: {
                        if (wireType === 2) {
                            if (!(message.indices && message.indices.length))
                                message.indices = [];
                            reader.uint32s(message.indices);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.indices && message.indices.length))
                            message.indices = [];
                        message.indices.push(reader.uint32());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Trimesh;
    })();

    otherworld.Collider = (function() {

        const Collider = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Collider.prototype.box = null;
        Collider.prototype.sphere = null;
        Collider.prototype.capsule = null;
        Collider.prototype.convex = null;
        Collider.prototype.trimesh = null;
        Collider.prototype.position = null;
        Collider.prototype.rotation = null;

        let $oneOfFields;

        $Object.defineProperty(Collider.prototype, "shape", {
            get: $util.oneOfGetter($oneOfFields = ["box", "sphere", "capsule", "convex", "trimesh"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        Collider.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.box != null && $Object.hasOwnProperty.call(message, "box"))
                $root.otherworld.Box.encode(message.box, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.sphere != null && $Object.hasOwnProperty.call(message, "sphere"))
                $root.otherworld.Sphere.encode(message.sphere, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.capsule != null && $Object.hasOwnProperty.call(message, "capsule"))
                $root.otherworld.Capsule.encode(message.capsule, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.convex != null && $Object.hasOwnProperty.call(message, "convex"))
                $root.otherworld.Convex.encode(message.convex, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.trimesh != null && $Object.hasOwnProperty.call(message, "trimesh"))
                $root.otherworld.Trimesh.encode(message.trimesh, writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.position != null && $Object.hasOwnProperty.call(message, "position"))
                $root.otherworld.Vec3.encode(message.position, writer.uint32(50).fork(), _depth + 1).ldelim();
            if (message.rotation != null && $Object.hasOwnProperty.call(message, "rotation"))
                $root.otherworld.Quat.encode(message.rotation, writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Collider.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Collider();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.box = $root.otherworld.Box.decode(reader, reader.size(), $undefined, _depth + 1, message.box);
                        message.shape = "box";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.sphere = $root.otherworld.Sphere.decode(reader, reader.size(), $undefined, _depth + 1, message.sphere);
                        message.shape = "sphere";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.capsule = $root.otherworld.Capsule.decode(reader, reader.size(), $undefined, _depth + 1, message.capsule);
                        message.shape = "capsule";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.convex = $root.otherworld.Convex.decode(reader, reader.size(), $undefined, _depth + 1, message.convex);
                        message.shape = "convex";
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.trimesh = $root.otherworld.Trimesh.decode(reader, reader.size(), $undefined, _depth + 1, message.trimesh);
                        message.shape = "trimesh";
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.position = $root.otherworld.Vec3.decode(reader, reader.size(), $undefined, _depth + 1, message.position);
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.rotation = $root.otherworld.Quat.decode(reader, reader.size(), $undefined, _depth + 1, message.rotation);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Collider;
    })();

    otherworld.Motion = (function() {
        const valuesById = $Object.create(null), values = $Object.create(valuesById);
        values[valuesById[0] = "STATIC"] = 0;
        values[valuesById[1] = "DYNAMIC"] = 1;
        values[valuesById[2] = "KINEMATIC"] = 2;
        return values;
    })();

    otherworld.PropSpec = (function() {

        const PropSpec = function (properties) {
            this.colliders = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PropSpec.prototype.name = "";
        PropSpec.prototype.motion = 0;
        PropSpec.prototype.colliders = $util.emptyArray;
        PropSpec.prototype.density = 0;
        PropSpec.prototype.friction = 0;
        PropSpec.prototype.restitution = 0;
        PropSpec.prototype.color = 0;

        PropSpec.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(10).string(message.name);
            if (message.motion != null && $Object.hasOwnProperty.call(message, "motion") && message.motion !== 0)
                writer.uint32(16).int32(message.motion);
            if (message.colliders != null && message.colliders.length)
                for (let i = 0; i < message.colliders.length; ++i)
                    $root.otherworld.Collider.encode(message.colliders[i], writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.density != null && $Object.hasOwnProperty.call(message, "density") && !$Object.is(message.density, 0))
                writer.uint32(37).float(message.density);
            if (message.friction != null && $Object.hasOwnProperty.call(message, "friction") && !$Object.is(message.friction, 0))
                writer.uint32(45).float(message.friction);
            if (message.restitution != null && $Object.hasOwnProperty.call(message, "restitution") && !$Object.is(message.restitution, 0))
                writer.uint32(53).float(message.restitution);
            if (message.color != null && $Object.hasOwnProperty.call(message, "color") && message.color !== 0)
                writer.uint32(56).uint32(message.color);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PropSpec.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.PropSpec();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.motion = value;
                        else
                            delete message.motion;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.colliders && message.colliders.length))
                            message.colliders = [];
                        message.colliders.push($root.otherworld.Collider.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 4: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.density = value;
                        else
                            delete message.density;
                        continue;
                    }
                case 5: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.friction = value;
                        else
                            delete message.friction;
                        continue;
                    }
                case 6: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.restitution = value;
                        else
                            delete message.restitution;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.color = value;
                        else
                            delete message.color;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PropSpec;
    })();

    otherworld.BoneCapsule = (function() {

        const BoneCapsule = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        BoneCapsule.prototype.bone = 0;
        BoneCapsule.prototype.a = null;
        BoneCapsule.prototype.b = null;
        BoneCapsule.prototype.radius = 0;

        BoneCapsule.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.bone != null && $Object.hasOwnProperty.call(message, "bone") && message.bone !== 0)
                writer.uint32(8).uint32(message.bone);
            if (message.a != null && $Object.hasOwnProperty.call(message, "a"))
                $root.otherworld.Vec3.encode(message.a, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.b != null && $Object.hasOwnProperty.call(message, "b"))
                $root.otherworld.Vec3.encode(message.b, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.radius != null && $Object.hasOwnProperty.call(message, "radius") && !$Object.is(message.radius, 0))
                writer.uint32(37).float(message.radius);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        BoneCapsule.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.BoneCapsule();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.bone = value;
                        else
                            delete message.bone;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.a = $root.otherworld.Vec3.decode(reader, reader.size(), $undefined, _depth + 1, message.a);
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.b = $root.otherworld.Vec3.decode(reader, reader.size(), $undefined, _depth + 1, message.b);
                        continue;
                    }
                case 4: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.radius = value;
                        else
                            delete message.radius;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return BoneCapsule;
    })();

    otherworld.AvatarBody = (function() {

        const AvatarBody = function (properties) {
            this.offsets = [];
            this.capsules = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AvatarBody.prototype.name = "";
        AvatarBody.prototype.offsets = $util.emptyArray;
        AvatarBody.prototype.capsules = $util.emptyArray;

        AvatarBody.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(10).string(message.name);
            if (message.offsets != null && message.offsets.length)
                for (let i = 0; i < message.offsets.length; ++i)
                    $root.otherworld.Vec3.encode(message.offsets[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.capsules != null && message.capsules.length)
                for (let i = 0; i < message.capsules.length; ++i)
                    $root.otherworld.BoneCapsule.encode(message.capsules[i], writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AvatarBody.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.AvatarBody();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.offsets && message.offsets.length))
                            message.offsets = [];
                        message.offsets.push($root.otherworld.Vec3.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.capsules && message.capsules.length))
                            message.capsules = [];
                        message.capsules.push($root.otherworld.BoneCapsule.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return AvatarBody;
    })();

    otherworld.Join = (function() {

        const Join = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Join.prototype.player = 0;
        Join.prototype.name = "";
        Join.prototype.body = 0;
        Join.prototype.permissions = 0;
        Join.prototype.user = 0;
        Join.prototype.share = 0;

        Join.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.player != null && $Object.hasOwnProperty.call(message, "player") && message.player !== 0)
                writer.uint32(8).uint32(message.player);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(18).string(message.name);
            if (message.body != null && $Object.hasOwnProperty.call(message, "body") && message.body !== 0)
                writer.uint32(24).uint32(message.body);
            if (message.permissions != null && $Object.hasOwnProperty.call(message, "permissions") && message.permissions !== 0)
                writer.uint32(32).uint32(message.permissions);
            if (message.user != null && $Object.hasOwnProperty.call(message, "user") && message.user !== 0)
                writer.uint32(40).uint32(message.user);
            if (message.share != null && $Object.hasOwnProperty.call(message, "share") && message.share !== 0)
                writer.uint32(48).uint32(message.share);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Join.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Join();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.player = value;
                        else
                            delete message.player;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.body = value;
                        else
                            delete message.body;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.permissions = value;
                        else
                            delete message.permissions;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.user = value;
                        else
                            delete message.user;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.share = value;
                        else
                            delete message.share;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Join;
    })();

    otherworld.Leave = (function() {

        const Leave = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Leave.prototype.player = 0;

        Leave.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.player != null && $Object.hasOwnProperty.call(message, "player") && message.player !== 0)
                writer.uint32(8).uint32(message.player);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Leave.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Leave();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.player = value;
                        else
                            delete message.player;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Leave;
    })();

    otherworld.Teleport = (function() {

        const Teleport = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Teleport.prototype.player = 0;
        Teleport.prototype.position = null;
        Teleport.prototype.yaw = 0;

        Teleport.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.player != null && $Object.hasOwnProperty.call(message, "player") && message.player !== 0)
                writer.uint32(8).uint32(message.player);
            if (message.position != null && $Object.hasOwnProperty.call(message, "position"))
                $root.otherworld.Vec3.encode(message.position, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.yaw != null && $Object.hasOwnProperty.call(message, "yaw") && !$Object.is(message.yaw, 0))
                writer.uint32(29).float(message.yaw);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Teleport.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Teleport();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.player = value;
                        else
                            delete message.player;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.position = $root.otherworld.Vec3.decode(reader, reader.size(), $undefined, _depth + 1, message.position);
                        continue;
                    }
                case 3: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.yaw = value;
                        else
                            delete message.yaw;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Teleport;
    })();

    otherworld.Permit = (function() {

        const Permit = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Permit.prototype.player = 0;
        Permit.prototype.permissions = 0;

        Permit.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.player != null && $Object.hasOwnProperty.call(message, "player") && message.player !== 0)
                writer.uint32(8).uint32(message.player);
            if (message.permissions != null && $Object.hasOwnProperty.call(message, "permissions") && message.permissions !== 0)
                writer.uint32(16).uint32(message.permissions);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Permit.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Permit();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.player = value;
                        else
                            delete message.player;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.permissions = value;
                        else
                            delete message.permissions;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Permit;
    })();

    otherworld.Move = (function() {

        const Move = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Move.prototype.x = 0;
        Move.prototype.y = 0;
        Move.prototype.z = 0;
        Move.prototype.yaw = 0;
        Move.prototype.jump = false;
        Move.prototype.run = false;
        Move.prototype.fly = false;

        Move.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.x != null && $Object.hasOwnProperty.call(message, "x") && !$Object.is(message.x, 0))
                writer.uint32(13).float(message.x);
            if (message.y != null && $Object.hasOwnProperty.call(message, "y") && !$Object.is(message.y, 0))
                writer.uint32(21).float(message.y);
            if (message.z != null && $Object.hasOwnProperty.call(message, "z") && !$Object.is(message.z, 0))
                writer.uint32(29).float(message.z);
            if (message.yaw != null && $Object.hasOwnProperty.call(message, "yaw") && !$Object.is(message.yaw, 0))
                writer.uint32(37).float(message.yaw);
            if (message.jump != null && $Object.hasOwnProperty.call(message, "jump") && message.jump !== false)
                writer.uint32(40).bool(message.jump);
            if (message.run != null && $Object.hasOwnProperty.call(message, "run") && message.run !== false)
                writer.uint32(48).bool(message.run);
            if (message.fly != null && $Object.hasOwnProperty.call(message, "fly") && message.fly !== false)
                writer.uint32(56).bool(message.fly);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Move.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Move();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.x = value;
                        else
                            delete message.x;
                        continue;
                    }
                case 2: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.y = value;
                        else
                            delete message.y;
                        continue;
                    }
                case 3: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.z = value;
                        else
                            delete message.z;
                        continue;
                    }
                case 4: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.yaw = value;
                        else
                            delete message.yaw;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.jump = value;
                        else
                            delete message.jump;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.run = value;
                        else
                            delete message.run;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.fly = value;
                        else
                            delete message.fly;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Move;
    })();

    otherworld.Pose = (function() {

        const Pose = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Pose.prototype.bytes = $util.newBuffer([]);
        Pose.prototype.boneMask = 0;

        Pose.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && message.bytes.length)
                writer.uint32(10).bytes(message.bytes);
            if (message.boneMask != null && $Object.hasOwnProperty.call(message, "boneMask") && message.boneMask !== 0)
                writer.uint32(16).uint32(message.boneMask);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Pose.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Pose();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.bytes = value;
                        else
                            delete message.bytes;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.boneMask = value;
                        else
                            delete message.boneMask;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Pose;
    })();

    otherworld.Spawn = (function() {

        const Spawn = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Spawn.prototype.prop = null;
        Spawn.prototype.position = null;
        Spawn.prototype.rotation = null;
        Spawn.prototype.scale = 0;
        Spawn.prototype["package"] = $util.newBuffer([]);
        Spawn.prototype.access = 0;
        Spawn.prototype.owner = 0;

        Spawn.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.prop != null && $Object.hasOwnProperty.call(message, "prop"))
                $root.otherworld.PropSpec.encode(message.prop, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.position != null && $Object.hasOwnProperty.call(message, "position"))
                $root.otherworld.Vec3.encode(message.position, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.rotation != null && $Object.hasOwnProperty.call(message, "rotation"))
                $root.otherworld.Quat.encode(message.rotation, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.scale != null && $Object.hasOwnProperty.call(message, "scale") && !$Object.is(message.scale, 0))
                writer.uint32(37).float(message.scale);
            if (message["package"] != null && $Object.hasOwnProperty.call(message, "package") && message["package"].length)
                writer.uint32(42).bytes(message["package"]);
            if (message.access != null && $Object.hasOwnProperty.call(message, "access") && message.access !== 0)
                writer.uint32(48).uint32(message.access);
            if (message.owner != null && $Object.hasOwnProperty.call(message, "owner") && message.owner !== 0)
                writer.uint32(56).uint32(message.owner);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Spawn.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Spawn();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.prop = $root.otherworld.PropSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.prop);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.position = $root.otherworld.Vec3.decode(reader, reader.size(), $undefined, _depth + 1, message.position);
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.rotation = $root.otherworld.Quat.decode(reader, reader.size(), $undefined, _depth + 1, message.rotation);
                        continue;
                    }
                case 4: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.scale = value;
                        else
                            delete message.scale;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message["package"] = value;
                        else
                            delete message["package"];
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.access = value;
                        else
                            delete message.access;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.owner = value;
                        else
                            delete message.owner;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Spawn;
    })();

    otherworld.Despawn = (function() {

        const Despawn = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Despawn.prototype.element = 0;

        Despawn.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.element != null && $Object.hasOwnProperty.call(message, "element") && message.element !== 0)
                writer.uint32(8).uint32(message.element);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Despawn.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Despawn();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.element = value;
                        else
                            delete message.element;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Despawn;
    })();

    otherworld.Grab = (function() {

        const Grab = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Grab.prototype.element = 0;
        Grab.prototype.hand = 0;

        Grab.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.element != null && $Object.hasOwnProperty.call(message, "element") && message.element !== 0)
                writer.uint32(8).uint32(message.element);
            if (message.hand != null && $Object.hasOwnProperty.call(message, "hand") && message.hand !== 0)
                writer.uint32(16).uint32(message.hand);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Grab.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Grab();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.element = value;
                        else
                            delete message.element;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.hand = value;
                        else
                            delete message.hand;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Grab;
    })();

    otherworld.Drag = (function() {

        const Drag = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Drag.prototype.hand = 0;
        Drag.prototype.position = null;
        Drag.prototype.rotation = null;

        Drag.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.hand != null && $Object.hasOwnProperty.call(message, "hand") && message.hand !== 0)
                writer.uint32(8).uint32(message.hand);
            if (message.position != null && $Object.hasOwnProperty.call(message, "position"))
                $root.otherworld.Vec3.encode(message.position, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.rotation != null && $Object.hasOwnProperty.call(message, "rotation"))
                $root.otherworld.Quat.encode(message.rotation, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Drag.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Drag();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.hand = value;
                        else
                            delete message.hand;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.position = $root.otherworld.Vec3.decode(reader, reader.size(), $undefined, _depth + 1, message.position);
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.rotation = $root.otherworld.Quat.decode(reader, reader.size(), $undefined, _depth + 1, message.rotation);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Drag;
    })();

    otherworld.Release = (function() {

        const Release = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Release.prototype.hand = 0;

        Release.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.hand != null && $Object.hasOwnProperty.call(message, "hand") && message.hand !== 0)
                writer.uint32(8).uint32(message.hand);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Release.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Release();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.hand = value;
                        else
                            delete message.hand;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Release;
    })();

    otherworld.Scale = (function() {

        const Scale = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Scale.prototype.element = 0;
        Scale.prototype.scale = 0;

        Scale.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.element != null && $Object.hasOwnProperty.call(message, "element") && message.element !== 0)
                writer.uint32(8).uint32(message.element);
            if (message.scale != null && $Object.hasOwnProperty.call(message, "scale") && !$Object.is(message.scale, 0))
                writer.uint32(21).float(message.scale);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Scale.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Scale();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.element = value;
                        else
                            delete message.element;
                        continue;
                    }
                case 2: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.scale = value;
                        else
                            delete message.scale;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Scale;
    })();

    otherworld.Package = (function() {

        const Package = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Package.prototype.hash = $util.newBuffer([]);
        Package.prototype.prop = null;
        Package.prototype.body = null;

        let $oneOfFields;

        $Object.defineProperty(Package.prototype, "physics", {
            get: $util.oneOfGetter($oneOfFields = ["prop", "body"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        Package.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash") && message.hash.length)
                writer.uint32(10).bytes(message.hash);
            if (message.prop != null && $Object.hasOwnProperty.call(message, "prop"))
                $root.otherworld.PropSpec.encode(message.prop, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.body != null && $Object.hasOwnProperty.call(message, "body"))
                $root.otherworld.AvatarBody.encode(message.body, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Package.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Package();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.hash = value;
                        else
                            delete message.hash;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.prop = $root.otherworld.PropSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.prop);
                        message.physics = "prop";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.body = $root.otherworld.AvatarBody.decode(reader, reader.size(), $undefined, _depth + 1, message.body);
                        message.physics = "body";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Package;
    })();

    otherworld.Wear = (function() {

        const Wear = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Wear.prototype.player = 0;
        Wear.prototype.body = 0;
        Wear.prototype["package"] = $util.newBuffer([]);

        Wear.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.player != null && $Object.hasOwnProperty.call(message, "player") && message.player !== 0)
                writer.uint32(8).uint32(message.player);
            if (message.body != null && $Object.hasOwnProperty.call(message, "body") && message.body !== 0)
                writer.uint32(16).uint32(message.body);
            if (message["package"] != null && $Object.hasOwnProperty.call(message, "package") && message["package"].length)
                writer.uint32(26).bytes(message["package"]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Wear.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Wear();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.player = value;
                        else
                            delete message.player;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.body = value;
                        else
                            delete message.body;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message["package"] = value;
                        else
                            delete message["package"];
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Wear;
    })();

    otherworld.Access = (function() {

        const Access = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Access.prototype.element = 0;
        Access.prototype.access = 0;

        Access.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.element != null && $Object.hasOwnProperty.call(message, "element") && message.element !== 0)
                writer.uint32(8).uint32(message.element);
            if (message.access != null && $Object.hasOwnProperty.call(message, "access") && message.access !== 0)
                writer.uint32(16).uint32(message.access);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Access.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Access();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.element = value;
                        else
                            delete message.element;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.access = value;
                        else
                            delete message.access;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Access;
    })();

    otherworld.Refused = (function() {

        const Refused = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Refused.prototype.reason = "";

        Refused.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                writer.uint32(10).string(message.reason);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Refused.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Refused();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.reason = value;
                        else
                            delete message.reason;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Refused;
    })();

    otherworld.Input = (function() {

        const Input = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Input.prototype.player = 0;
        Input.prototype.sequence = 0;
        Input.prototype.join = null;
        Input.prototype.leave = null;
        Input.prototype.teleport = null;
        Input.prototype.permit = null;
        Input.prototype.move = null;
        Input.prototype.pose = null;
        Input.prototype.spawn = null;
        Input.prototype.despawn = null;
        Input.prototype.grab = null;
        Input.prototype.drag = null;
        Input.prototype.release = null;
        Input.prototype.scale = null;
        Input.prototype["package"] = null;
        Input.prototype.wear = null;
        Input.prototype.access = null;
        Input.prototype.refused = null;

        let $oneOfFields;

        $Object.defineProperty(Input.prototype, "command", {
            get: $util.oneOfGetter($oneOfFields = ["join", "leave", "teleport", "permit", "move", "pose", "spawn", "despawn", "grab", "drag", "release", "scale", "package", "wear", "access", "refused"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        Input.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.player != null && $Object.hasOwnProperty.call(message, "player") && message.player !== 0)
                writer.uint32(8).uint32(message.player);
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && message.sequence !== 0)
                writer.uint32(16).uint32(message.sequence);
            if (message.join != null && $Object.hasOwnProperty.call(message, "join"))
                $root.otherworld.Join.encode(message.join, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.leave != null && $Object.hasOwnProperty.call(message, "leave"))
                $root.otherworld.Leave.encode(message.leave, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.teleport != null && $Object.hasOwnProperty.call(message, "teleport"))
                $root.otherworld.Teleport.encode(message.teleport, writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.permit != null && $Object.hasOwnProperty.call(message, "permit"))
                $root.otherworld.Permit.encode(message.permit, writer.uint32(50).fork(), _depth + 1).ldelim();
            if (message.move != null && $Object.hasOwnProperty.call(message, "move"))
                $root.otherworld.Move.encode(message.move, writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message.pose != null && $Object.hasOwnProperty.call(message, "pose"))
                $root.otherworld.Pose.encode(message.pose, writer.uint32(66).fork(), _depth + 1).ldelim();
            if (message.spawn != null && $Object.hasOwnProperty.call(message, "spawn"))
                $root.otherworld.Spawn.encode(message.spawn, writer.uint32(74).fork(), _depth + 1).ldelim();
            if (message.despawn != null && $Object.hasOwnProperty.call(message, "despawn"))
                $root.otherworld.Despawn.encode(message.despawn, writer.uint32(82).fork(), _depth + 1).ldelim();
            if (message.grab != null && $Object.hasOwnProperty.call(message, "grab"))
                $root.otherworld.Grab.encode(message.grab, writer.uint32(90).fork(), _depth + 1).ldelim();
            if (message.drag != null && $Object.hasOwnProperty.call(message, "drag"))
                $root.otherworld.Drag.encode(message.drag, writer.uint32(98).fork(), _depth + 1).ldelim();
            if (message.release != null && $Object.hasOwnProperty.call(message, "release"))
                $root.otherworld.Release.encode(message.release, writer.uint32(106).fork(), _depth + 1).ldelim();
            if (message.scale != null && $Object.hasOwnProperty.call(message, "scale"))
                $root.otherworld.Scale.encode(message.scale, writer.uint32(114).fork(), _depth + 1).ldelim();
            if (message["package"] != null && $Object.hasOwnProperty.call(message, "package"))
                $root.otherworld.Package.encode(message["package"], writer.uint32(122).fork(), _depth + 1).ldelim();
            if (message.wear != null && $Object.hasOwnProperty.call(message, "wear"))
                $root.otherworld.Wear.encode(message.wear, writer.uint32(130).fork(), _depth + 1).ldelim();
            if (message.access != null && $Object.hasOwnProperty.call(message, "access"))
                $root.otherworld.Access.encode(message.access, writer.uint32(138).fork(), _depth + 1).ldelim();
            if (message.refused != null && $Object.hasOwnProperty.call(message, "refused"))
                $root.otherworld.Refused.encode(message.refused, writer.uint32(146).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Input.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Input();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.player = value;
                        else
                            delete message.player;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.join = $root.otherworld.Join.decode(reader, reader.size(), $undefined, _depth + 1, message.join);
                        message.command = "join";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.leave = $root.otherworld.Leave.decode(reader, reader.size(), $undefined, _depth + 1, message.leave);
                        message.command = "leave";
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.teleport = $root.otherworld.Teleport.decode(reader, reader.size(), $undefined, _depth + 1, message.teleport);
                        message.command = "teleport";
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.permit = $root.otherworld.Permit.decode(reader, reader.size(), $undefined, _depth + 1, message.permit);
                        message.command = "permit";
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.move = $root.otherworld.Move.decode(reader, reader.size(), $undefined, _depth + 1, message.move);
                        message.command = "move";
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.pose = $root.otherworld.Pose.decode(reader, reader.size(), $undefined, _depth + 1, message.pose);
                        message.command = "pose";
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        message.spawn = $root.otherworld.Spawn.decode(reader, reader.size(), $undefined, _depth + 1, message.spawn);
                        message.command = "spawn";
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        message.despawn = $root.otherworld.Despawn.decode(reader, reader.size(), $undefined, _depth + 1, message.despawn);
                        message.command = "despawn";
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        message.grab = $root.otherworld.Grab.decode(reader, reader.size(), $undefined, _depth + 1, message.grab);
                        message.command = "grab";
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        message.drag = $root.otherworld.Drag.decode(reader, reader.size(), $undefined, _depth + 1, message.drag);
                        message.command = "drag";
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        message.release = $root.otherworld.Release.decode(reader, reader.size(), $undefined, _depth + 1, message.release);
                        message.command = "release";
                        continue;
                    }
                case 14: {
                        if (wireType !== 2)
                            break;
                        message.scale = $root.otherworld.Scale.decode(reader, reader.size(), $undefined, _depth + 1, message.scale);
                        message.command = "scale";
                        continue;
                    }
                case 15: {
                        if (wireType !== 2)
                            break;
                        message["package"] = $root.otherworld.Package.decode(reader, reader.size(), $undefined, _depth + 1, message["package"]);
                        message.command = "package";
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        message.wear = $root.otherworld.Wear.decode(reader, reader.size(), $undefined, _depth + 1, message.wear);
                        message.command = "wear";
                        continue;
                    }
                case 17: {
                        if (wireType !== 2)
                            break;
                        message.access = $root.otherworld.Access.decode(reader, reader.size(), $undefined, _depth + 1, message.access);
                        message.command = "access";
                        continue;
                    }
                case 18: {
                        if (wireType !== 2)
                            break;
                        message.refused = $root.otherworld.Refused.decode(reader, reader.size(), $undefined, _depth + 1, message.refused);
                        message.command = "refused";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Input;
    })();

    otherworld.InputFrame = (function() {

        const InputFrame = function (properties) {
            this.inputs = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        InputFrame.prototype.tick = 0;
        InputFrame.prototype.inputs = $util.emptyArray;

        InputFrame.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.tick != null && $Object.hasOwnProperty.call(message, "tick") && message.tick !== 0)
                writer.uint32(8).uint32(message.tick);
            if (message.inputs != null && message.inputs.length)
                for (let i = 0; i < message.inputs.length; ++i)
                    $root.otherworld.Input.encode(message.inputs[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        InputFrame.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.InputFrame();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.tick = value;
                        else
                            delete message.tick;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.inputs && message.inputs.length))
                            message.inputs = [];
                        message.inputs.push($root.otherworld.Input.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return InputFrame;
    })();

    otherworld.ClientPacket = (function() {

        const ClientPacket = function (properties) {
            this.commands = [];
            this.latest = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ClientPacket.prototype.packet = 0;
        ClientPacket.prototype.ackPacket = 0;
        ClientPacket.prototype.ackBits = 0;
        ClientPacket.prototype.ackMessage = 0;
        ClientPacket.prototype.commands = $util.emptyArray;
        ClientPacket.prototype.latest = $util.emptyArray;
        ClientPacket.prototype.clientTimeMs = 0;
        ClientPacket.prototype.hello = null;
        ClientPacket.prototype.goodbye = null;
        ClientPacket.prototype.tick = 0;
        ClientPacket.prototype.moveTicks = 0;

        let $oneOfFields;

        $Object.defineProperty(ClientPacket.prototype, "control", {
            get: $util.oneOfGetter($oneOfFields = ["hello", "goodbye"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        ClientPacket.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.packet != null && $Object.hasOwnProperty.call(message, "packet") && message.packet !== 0)
                writer.uint32(8).uint32(message.packet);
            if (message.ackPacket != null && $Object.hasOwnProperty.call(message, "ackPacket") && message.ackPacket !== 0)
                writer.uint32(16).uint32(message.ackPacket);
            if (message.ackBits != null && $Object.hasOwnProperty.call(message, "ackBits") && message.ackBits !== 0)
                writer.uint32(24).uint32(message.ackBits);
            if (message.ackMessage != null && $Object.hasOwnProperty.call(message, "ackMessage") && message.ackMessage !== 0)
                writer.uint32(32).uint32(message.ackMessage);
            if (message.commands != null && message.commands.length)
                for (let i = 0; i < message.commands.length; ++i)
                    $root.otherworld.Input.encode(message.commands[i], writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.latest != null && message.latest.length)
                for (let i = 0; i < message.latest.length; ++i)
                    $root.otherworld.Input.encode(message.latest[i], writer.uint32(50).fork(), _depth + 1).ldelim();
            if (message.clientTimeMs != null && $Object.hasOwnProperty.call(message, "clientTimeMs") && message.clientTimeMs !== 0)
                writer.uint32(56).uint32(message.clientTimeMs);
            if (message.hello != null && $Object.hasOwnProperty.call(message, "hello"))
                $root.otherworld.Hello.encode(message.hello, writer.uint32(66).fork(), _depth + 1).ldelim();
            if (message.goodbye != null && $Object.hasOwnProperty.call(message, "goodbye"))
                $root.otherworld.Goodbye.encode(message.goodbye, writer.uint32(74).fork(), _depth + 1).ldelim();
            if (message.tick != null && $Object.hasOwnProperty.call(message, "tick") && message.tick !== 0)
                writer.uint32(80).uint32(message.tick);
            if (message.moveTicks != null && $Object.hasOwnProperty.call(message, "moveTicks") && message.moveTicks !== 0)
                writer.uint32(88).uint32(message.moveTicks);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ClientPacket.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.ClientPacket();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.packet = value;
                        else
                            delete message.packet;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.ackPacket = value;
                        else
                            delete message.ackPacket;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.ackBits = value;
                        else
                            delete message.ackBits;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.ackMessage = value;
                        else
                            delete message.ackMessage;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if (!(message.commands && message.commands.length))
                            message.commands = [];
                        message.commands.push($root.otherworld.Input.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if (!(message.latest && message.latest.length))
                            message.latest = [];
                        message.latest.push($root.otherworld.Input.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.clientTimeMs = value;
                        else
                            delete message.clientTimeMs;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.hello = $root.otherworld.Hello.decode(reader, reader.size(), $undefined, _depth + 1, message.hello);
                        message.control = "hello";
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        message.goodbye = $root.otherworld.Goodbye.decode(reader, reader.size(), $undefined, _depth + 1, message.goodbye);
                        message.control = "goodbye";
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.tick = value;
                        else
                            delete message.tick;
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.moveTicks = value;
                        else
                            delete message.moveTicks;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ClientPacket;
    })();

    otherworld.ClientMode = (function() {
        const valuesById = $Object.create(null), values = $Object.create(valuesById);
        values[valuesById[0] = "RENDER"] = 0;
        values[valuesById[1] = "LOCKSTEP"] = 1;
        return values;
    })();

    otherworld.Hello = (function() {

        const Hello = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Hello.prototype.protocol = 0;
        Hello.prototype.mode = 0;
        Hello.prototype.body = 0;

        Hello.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.protocol != null && $Object.hasOwnProperty.call(message, "protocol") && message.protocol !== 0)
                writer.uint32(8).uint32(message.protocol);
            if (message.mode != null && $Object.hasOwnProperty.call(message, "mode") && message.mode !== 0)
                writer.uint32(16).int32(message.mode);
            if (message.body != null && $Object.hasOwnProperty.call(message, "body") && message.body !== 0)
                writer.uint32(24).uint32(message.body);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Hello.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Hello();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.protocol = value;
                        else
                            delete message.protocol;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.mode = value;
                        else
                            delete message.mode;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.body = value;
                        else
                            delete message.body;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Hello;
    })();

    otherworld.Goodbye = (function() {

        const Goodbye = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Goodbye.prototype.reason = "";
        Goodbye.prototype.again = false;

        Goodbye.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                writer.uint32(10).string(message.reason);
            if (message.again != null && $Object.hasOwnProperty.call(message, "again") && message.again !== false)
                writer.uint32(16).bool(message.again);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Goodbye.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Goodbye();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.reason = value;
                        else
                            delete message.reason;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.again = value;
                        else
                            delete message.again;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Goodbye;
    })();

    otherworld.ServerPacket = (function() {

        const ServerPacket = function (properties) {
            this.messages = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ServerPacket.prototype.packet = 0;
        ServerPacket.prototype.ackPacket = 0;
        ServerPacket.prototype.ackBits = 0;
        ServerPacket.prototype.ackCommand = 0;
        ServerPacket.prototype.messages = $util.emptyArray;
        ServerPacket.prototype.firstMessage = 0;
        ServerPacket.prototype.clientTimeMs = 0;
        ServerPacket.prototype.clientTimeAgeMs = 0;
        ServerPacket.prototype.snapshot = null;
        ServerPacket.prototype.goodbye = null;

        let $oneOfFields;

        $Object.defineProperty(ServerPacket.prototype, "control", {
            get: $util.oneOfGetter($oneOfFields = ["goodbye"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        ServerPacket.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.packet != null && $Object.hasOwnProperty.call(message, "packet") && message.packet !== 0)
                writer.uint32(8).uint32(message.packet);
            if (message.ackPacket != null && $Object.hasOwnProperty.call(message, "ackPacket") && message.ackPacket !== 0)
                writer.uint32(16).uint32(message.ackPacket);
            if (message.ackBits != null && $Object.hasOwnProperty.call(message, "ackBits") && message.ackBits !== 0)
                writer.uint32(24).uint32(message.ackBits);
            if (message.ackCommand != null && $Object.hasOwnProperty.call(message, "ackCommand") && message.ackCommand !== 0)
                writer.uint32(32).uint32(message.ackCommand);
            if (message.messages != null && message.messages.length)
                for (let i = 0; i < message.messages.length; ++i)
                    $root.otherworld.ServerMessage.encode(message.messages[i], writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.firstMessage != null && $Object.hasOwnProperty.call(message, "firstMessage") && message.firstMessage !== 0)
                writer.uint32(48).uint32(message.firstMessage);
            if (message.clientTimeMs != null && $Object.hasOwnProperty.call(message, "clientTimeMs") && message.clientTimeMs !== 0)
                writer.uint32(56).uint32(message.clientTimeMs);
            if (message.clientTimeAgeMs != null && $Object.hasOwnProperty.call(message, "clientTimeAgeMs") && message.clientTimeAgeMs !== 0)
                writer.uint32(64).uint32(message.clientTimeAgeMs);
            if (message.snapshot != null && $Object.hasOwnProperty.call(message, "snapshot"))
                $root.otherworld.Snapshot.encode(message.snapshot, writer.uint32(74).fork(), _depth + 1).ldelim();
            if (message.goodbye != null && $Object.hasOwnProperty.call(message, "goodbye"))
                $root.otherworld.Goodbye.encode(message.goodbye, writer.uint32(82).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ServerPacket.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.ServerPacket();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.packet = value;
                        else
                            delete message.packet;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.ackPacket = value;
                        else
                            delete message.ackPacket;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.ackBits = value;
                        else
                            delete message.ackBits;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.ackCommand = value;
                        else
                            delete message.ackCommand;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if (!(message.messages && message.messages.length))
                            message.messages = [];
                        message.messages.push($root.otherworld.ServerMessage.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.firstMessage = value;
                        else
                            delete message.firstMessage;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.clientTimeMs = value;
                        else
                            delete message.clientTimeMs;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.clientTimeAgeMs = value;
                        else
                            delete message.clientTimeAgeMs;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        message.snapshot = $root.otherworld.Snapshot.decode(reader, reader.size(), $undefined, _depth + 1, message.snapshot);
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        message.goodbye = $root.otherworld.Goodbye.decode(reader, reader.size(), $undefined, _depth + 1, message.goodbye);
                        message.control = "goodbye";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ServerPacket;
    })();

    otherworld.Snapshot = (function() {

        const Snapshot = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Snapshot.prototype.tick = 0;
        Snapshot.prototype.avatars = $util.newBuffer([]);
        Snapshot.prototype.props = $util.newBuffer([]);
        Snapshot.prototype.own = null;

        Snapshot.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.tick != null && $Object.hasOwnProperty.call(message, "tick") && message.tick !== 0)
                writer.uint32(8).uint32(message.tick);
            if (message.avatars != null && $Object.hasOwnProperty.call(message, "avatars") && message.avatars.length)
                writer.uint32(18).bytes(message.avatars);
            if (message.props != null && $Object.hasOwnProperty.call(message, "props") && message.props.length)
                writer.uint32(26).bytes(message.props);
            if (message.own != null && $Object.hasOwnProperty.call(message, "own"))
                $root.otherworld.Own.encode(message.own, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Snapshot.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Snapshot();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.tick = value;
                        else
                            delete message.tick;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.avatars = value;
                        else
                            delete message.avatars;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.props = value;
                        else
                            delete message.props;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.own = $root.otherworld.Own.decode(reader, reader.size(), $undefined, _depth + 1, message.own);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Snapshot;
    })();

    otherworld.Own = (function() {

        const Own = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Own.prototype.moveSequence = 0;
        Own.prototype.moveTicks = 0;
        Own.prototype.position = null;
        Own.prototype.velocity = null;
        Own.prototype.yaw = 0;
        Own.prototype.grounded = false;
        Own.prototype.flying = false;
        Own.prototype.jumping = false;

        Own.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.moveSequence != null && $Object.hasOwnProperty.call(message, "moveSequence") && message.moveSequence !== 0)
                writer.uint32(8).uint32(message.moveSequence);
            if (message.moveTicks != null && $Object.hasOwnProperty.call(message, "moveTicks") && message.moveTicks !== 0)
                writer.uint32(16).uint32(message.moveTicks);
            if (message.position != null && $Object.hasOwnProperty.call(message, "position"))
                $root.otherworld.Vec3.encode(message.position, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.velocity != null && $Object.hasOwnProperty.call(message, "velocity"))
                $root.otherworld.Vec3.encode(message.velocity, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.yaw != null && $Object.hasOwnProperty.call(message, "yaw") && !$Object.is(message.yaw, 0))
                writer.uint32(45).float(message.yaw);
            if (message.grounded != null && $Object.hasOwnProperty.call(message, "grounded") && message.grounded !== false)
                writer.uint32(48).bool(message.grounded);
            if (message.flying != null && $Object.hasOwnProperty.call(message, "flying") && message.flying !== false)
                writer.uint32(56).bool(message.flying);
            if (message.jumping != null && $Object.hasOwnProperty.call(message, "jumping") && message.jumping !== false)
                writer.uint32(64).bool(message.jumping);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Own.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Own();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.moveSequence = value;
                        else
                            delete message.moveSequence;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.moveTicks = value;
                        else
                            delete message.moveTicks;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.position = $root.otherworld.Vec3.decode(reader, reader.size(), $undefined, _depth + 1, message.position);
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.velocity = $root.otherworld.Vec3.decode(reader, reader.size(), $undefined, _depth + 1, message.velocity);
                        continue;
                    }
                case 5: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.yaw = value;
                        else
                            delete message.yaw;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.grounded = value;
                        else
                            delete message.grounded;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.flying = value;
                        else
                            delete message.flying;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.jumping = value;
                        else
                            delete message.jumping;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Own;
    })();

    otherworld.ServerMessage = (function() {

        const ServerMessage = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ServerMessage.prototype.welcome = null;
        ServerMessage.prototype.avatarAdded = null;
        ServerMessage.prototype.propAdded = null;
        ServerMessage.prototype.elementRemoved = null;
        ServerMessage.prototype.propChanged = null;
        ServerMessage.prototype.commandDone = null;
        ServerMessage.prototype.commandRejected = null;
        ServerMessage.prototype.permissionsChanged = null;
        ServerMessage.prototype.notice = null;
        ServerMessage.prototype.hashSample = null;
        ServerMessage.prototype.part = null;
        ServerMessage.prototype.avatarChanged = null;

        let $oneOfFields;

        $Object.defineProperty(ServerMessage.prototype, "message", {
            get: $util.oneOfGetter($oneOfFields = ["welcome", "avatarAdded", "propAdded", "elementRemoved", "propChanged", "commandDone", "commandRejected", "permissionsChanged", "notice", "hashSample", "part", "avatarChanged"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        ServerMessage.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.welcome != null && $Object.hasOwnProperty.call(message, "welcome"))
                $root.otherworld.Welcome.encode(message.welcome, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.avatarAdded != null && $Object.hasOwnProperty.call(message, "avatarAdded"))
                $root.otherworld.AvatarAdded.encode(message.avatarAdded, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.propAdded != null && $Object.hasOwnProperty.call(message, "propAdded"))
                $root.otherworld.PropAdded.encode(message.propAdded, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.elementRemoved != null && $Object.hasOwnProperty.call(message, "elementRemoved"))
                $root.otherworld.ElementRemoved.encode(message.elementRemoved, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.propChanged != null && $Object.hasOwnProperty.call(message, "propChanged"))
                $root.otherworld.PropChanged.encode(message.propChanged, writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.commandDone != null && $Object.hasOwnProperty.call(message, "commandDone"))
                $root.otherworld.CommandDone.encode(message.commandDone, writer.uint32(50).fork(), _depth + 1).ldelim();
            if (message.commandRejected != null && $Object.hasOwnProperty.call(message, "commandRejected"))
                $root.otherworld.CommandRejected.encode(message.commandRejected, writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message.permissionsChanged != null && $Object.hasOwnProperty.call(message, "permissionsChanged"))
                $root.otherworld.PermissionsChanged.encode(message.permissionsChanged, writer.uint32(66).fork(), _depth + 1).ldelim();
            if (message.notice != null && $Object.hasOwnProperty.call(message, "notice"))
                $root.otherworld.Notice.encode(message.notice, writer.uint32(74).fork(), _depth + 1).ldelim();
            if (message.hashSample != null && $Object.hasOwnProperty.call(message, "hashSample"))
                $root.otherworld.HashSample.encode(message.hashSample, writer.uint32(82).fork(), _depth + 1).ldelim();
            if (message.part != null && $Object.hasOwnProperty.call(message, "part"))
                $root.otherworld.MessagePart.encode(message.part, writer.uint32(90).fork(), _depth + 1).ldelim();
            if (message.avatarChanged != null && $Object.hasOwnProperty.call(message, "avatarChanged"))
                $root.otherworld.AvatarChanged.encode(message.avatarChanged, writer.uint32(98).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ServerMessage.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.ServerMessage();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.welcome = $root.otherworld.Welcome.decode(reader, reader.size(), $undefined, _depth + 1, message.welcome);
                        message.message = "welcome";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.avatarAdded = $root.otherworld.AvatarAdded.decode(reader, reader.size(), $undefined, _depth + 1, message.avatarAdded);
                        message.message = "avatarAdded";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.propAdded = $root.otherworld.PropAdded.decode(reader, reader.size(), $undefined, _depth + 1, message.propAdded);
                        message.message = "propAdded";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.elementRemoved = $root.otherworld.ElementRemoved.decode(reader, reader.size(), $undefined, _depth + 1, message.elementRemoved);
                        message.message = "elementRemoved";
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.propChanged = $root.otherworld.PropChanged.decode(reader, reader.size(), $undefined, _depth + 1, message.propChanged);
                        message.message = "propChanged";
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.commandDone = $root.otherworld.CommandDone.decode(reader, reader.size(), $undefined, _depth + 1, message.commandDone);
                        message.message = "commandDone";
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.commandRejected = $root.otherworld.CommandRejected.decode(reader, reader.size(), $undefined, _depth + 1, message.commandRejected);
                        message.message = "commandRejected";
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.permissionsChanged = $root.otherworld.PermissionsChanged.decode(reader, reader.size(), $undefined, _depth + 1, message.permissionsChanged);
                        message.message = "permissionsChanged";
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        message.notice = $root.otherworld.Notice.decode(reader, reader.size(), $undefined, _depth + 1, message.notice);
                        message.message = "notice";
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        message.hashSample = $root.otherworld.HashSample.decode(reader, reader.size(), $undefined, _depth + 1, message.hashSample);
                        message.message = "hashSample";
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        message.part = $root.otherworld.MessagePart.decode(reader, reader.size(), $undefined, _depth + 1, message.part);
                        message.message = "part";
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        message.avatarChanged = $root.otherworld.AvatarChanged.decode(reader, reader.size(), $undefined, _depth + 1, message.avatarChanged);
                        message.message = "avatarChanged";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ServerMessage;
    })();

    otherworld.Welcome = (function() {

        const Welcome = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Welcome.prototype.protocol = 0;
        Welcome.prototype.realm = "";
        Welcome.prototype.tick = 0;
        Welcome.prototype.tickRate = 0;
        Welcome.prototype.player = 0;
        Welcome.prototype.avatar = 0;
        Welcome.prototype.permissions = 0;
        Welcome.prototype.definition = "";
        Welcome.prototype.resumed = false;
        Welcome.prototype.sequence = 0;
        Welcome.prototype.ackCommand = 0;
        Welcome.prototype.user = 0;

        Welcome.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.protocol != null && $Object.hasOwnProperty.call(message, "protocol") && message.protocol !== 0)
                writer.uint32(8).uint32(message.protocol);
            if (message.realm != null && $Object.hasOwnProperty.call(message, "realm") && message.realm !== "")
                writer.uint32(18).string(message.realm);
            if (message.tick != null && $Object.hasOwnProperty.call(message, "tick") && message.tick !== 0)
                writer.uint32(24).uint32(message.tick);
            if (message.tickRate != null && $Object.hasOwnProperty.call(message, "tickRate") && message.tickRate !== 0)
                writer.uint32(32).uint32(message.tickRate);
            if (message.player != null && $Object.hasOwnProperty.call(message, "player") && message.player !== 0)
                writer.uint32(40).uint32(message.player);
            if (message.avatar != null && $Object.hasOwnProperty.call(message, "avatar") && message.avatar !== 0)
                writer.uint32(48).uint32(message.avatar);
            if (message.permissions != null && $Object.hasOwnProperty.call(message, "permissions") && message.permissions !== 0)
                writer.uint32(56).uint32(message.permissions);
            if (message.definition != null && $Object.hasOwnProperty.call(message, "definition") && message.definition !== "")
                writer.uint32(66).string(message.definition);
            if (message.resumed != null && $Object.hasOwnProperty.call(message, "resumed") && message.resumed !== false)
                writer.uint32(72).bool(message.resumed);
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && message.sequence !== 0)
                writer.uint32(80).uint32(message.sequence);
            if (message.ackCommand != null && $Object.hasOwnProperty.call(message, "ackCommand") && message.ackCommand !== 0)
                writer.uint32(88).uint32(message.ackCommand);
            if (message.user != null && $Object.hasOwnProperty.call(message, "user") && message.user !== 0)
                writer.uint32(96).uint32(message.user);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Welcome.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Welcome();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.protocol = value;
                        else
                            delete message.protocol;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.realm = value;
                        else
                            delete message.realm;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.tick = value;
                        else
                            delete message.tick;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.tickRate = value;
                        else
                            delete message.tickRate;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.player = value;
                        else
                            delete message.player;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.avatar = value;
                        else
                            delete message.avatar;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.permissions = value;
                        else
                            delete message.permissions;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.definition = value;
                        else
                            delete message.definition;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.resumed = value;
                        else
                            delete message.resumed;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.ackCommand = value;
                        else
                            delete message.ackCommand;
                        continue;
                    }
                case 12: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.user = value;
                        else
                            delete message.user;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Welcome;
    })();

    otherworld.AvatarAdded = (function() {

        const AvatarAdded = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AvatarAdded.prototype.element = 0;
        AvatarAdded.prototype.player = 0;
        AvatarAdded.prototype.name = "";
        AvatarAdded.prototype.body = 0;
        AvatarAdded.prototype.user = 0;
        AvatarAdded.prototype["package"] = $util.newBuffer([]);
        AvatarAdded.prototype.headMetres = 0;
        AvatarAdded.prototype.scale = 0;

        AvatarAdded.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.element != null && $Object.hasOwnProperty.call(message, "element") && message.element !== 0)
                writer.uint32(8).uint32(message.element);
            if (message.player != null && $Object.hasOwnProperty.call(message, "player") && message.player !== 0)
                writer.uint32(16).uint32(message.player);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(26).string(message.name);
            if (message.body != null && $Object.hasOwnProperty.call(message, "body") && message.body !== 0)
                writer.uint32(32).uint32(message.body);
            if (message.user != null && $Object.hasOwnProperty.call(message, "user") && message.user !== 0)
                writer.uint32(40).uint32(message.user);
            if (message["package"] != null && $Object.hasOwnProperty.call(message, "package") && message["package"].length)
                writer.uint32(50).bytes(message["package"]);
            if (message.headMetres != null && $Object.hasOwnProperty.call(message, "headMetres") && !$Object.is(message.headMetres, 0))
                writer.uint32(61).float(message.headMetres);
            if (message.scale != null && $Object.hasOwnProperty.call(message, "scale") && !$Object.is(message.scale, 0))
                writer.uint32(69).float(message.scale);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AvatarAdded.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.AvatarAdded();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.element = value;
                        else
                            delete message.element;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.player = value;
                        else
                            delete message.player;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.body = value;
                        else
                            delete message.body;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.user = value;
                        else
                            delete message.user;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message["package"] = value;
                        else
                            delete message["package"];
                        continue;
                    }
                case 7: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.headMetres = value;
                        else
                            delete message.headMetres;
                        continue;
                    }
                case 8: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.scale = value;
                        else
                            delete message.scale;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return AvatarAdded;
    })();

    otherworld.AvatarChanged = (function() {

        const AvatarChanged = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AvatarChanged.prototype.element = 0;
        AvatarChanged.prototype.body = 0;
        AvatarChanged.prototype["package"] = $util.newBuffer([]);
        AvatarChanged.prototype.headMetres = 0;
        AvatarChanged.prototype.scale = 0;

        AvatarChanged.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.element != null && $Object.hasOwnProperty.call(message, "element") && message.element !== 0)
                writer.uint32(8).uint32(message.element);
            if (message.body != null && $Object.hasOwnProperty.call(message, "body") && message.body !== 0)
                writer.uint32(16).uint32(message.body);
            if (message["package"] != null && $Object.hasOwnProperty.call(message, "package") && message["package"].length)
                writer.uint32(26).bytes(message["package"]);
            if (message.headMetres != null && $Object.hasOwnProperty.call(message, "headMetres") && !$Object.is(message.headMetres, 0))
                writer.uint32(37).float(message.headMetres);
            if (message.scale != null && $Object.hasOwnProperty.call(message, "scale") && !$Object.is(message.scale, 0))
                writer.uint32(45).float(message.scale);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AvatarChanged.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.AvatarChanged();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.element = value;
                        else
                            delete message.element;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.body = value;
                        else
                            delete message.body;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message["package"] = value;
                        else
                            delete message["package"];
                        continue;
                    }
                case 4: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.headMetres = value;
                        else
                            delete message.headMetres;
                        continue;
                    }
                case 5: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.scale = value;
                        else
                            delete message.scale;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return AvatarChanged;
    })();

    otherworld.PropAdded = (function() {

        const PropAdded = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PropAdded.prototype.element = 0;
        PropAdded.prototype.prop = null;
        PropAdded.prototype.scale = 0;
        PropAdded.prototype.holder = 0;
        PropAdded.prototype.owner = 0;
        PropAdded.prototype.position = null;
        PropAdded.prototype.rotation = null;
        PropAdded.prototype["package"] = $util.newBuffer([]);
        PropAdded.prototype.access = 0;

        PropAdded.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.element != null && $Object.hasOwnProperty.call(message, "element") && message.element !== 0)
                writer.uint32(8).uint32(message.element);
            if (message.prop != null && $Object.hasOwnProperty.call(message, "prop"))
                $root.otherworld.PropSpec.encode(message.prop, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.scale != null && $Object.hasOwnProperty.call(message, "scale") && !$Object.is(message.scale, 0))
                writer.uint32(29).float(message.scale);
            if (message.holder != null && $Object.hasOwnProperty.call(message, "holder") && message.holder !== 0)
                writer.uint32(32).uint32(message.holder);
            if (message.owner != null && $Object.hasOwnProperty.call(message, "owner") && message.owner !== 0)
                writer.uint32(40).uint32(message.owner);
            if (message.position != null && $Object.hasOwnProperty.call(message, "position"))
                $root.otherworld.Vec3.encode(message.position, writer.uint32(50).fork(), _depth + 1).ldelim();
            if (message.rotation != null && $Object.hasOwnProperty.call(message, "rotation"))
                $root.otherworld.Quat.encode(message.rotation, writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message["package"] != null && $Object.hasOwnProperty.call(message, "package") && message["package"].length)
                writer.uint32(66).bytes(message["package"]);
            if (message.access != null && $Object.hasOwnProperty.call(message, "access") && message.access !== 0)
                writer.uint32(72).uint32(message.access);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PropAdded.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.PropAdded();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.element = value;
                        else
                            delete message.element;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.prop = $root.otherworld.PropSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.prop);
                        continue;
                    }
                case 3: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.scale = value;
                        else
                            delete message.scale;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.holder = value;
                        else
                            delete message.holder;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.owner = value;
                        else
                            delete message.owner;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.position = $root.otherworld.Vec3.decode(reader, reader.size(), $undefined, _depth + 1, message.position);
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.rotation = $root.otherworld.Quat.decode(reader, reader.size(), $undefined, _depth + 1, message.rotation);
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message["package"] = value;
                        else
                            delete message["package"];
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.access = value;
                        else
                            delete message.access;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PropAdded;
    })();

    otherworld.ElementRemoved = (function() {

        const ElementRemoved = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ElementRemoved.prototype.element = 0;

        ElementRemoved.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.element != null && $Object.hasOwnProperty.call(message, "element") && message.element !== 0)
                writer.uint32(8).uint32(message.element);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ElementRemoved.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.ElementRemoved();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.element = value;
                        else
                            delete message.element;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ElementRemoved;
    })();

    otherworld.PropChanged = (function() {

        const PropChanged = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PropChanged.prototype.element = 0;
        PropChanged.prototype.scale = 0;
        PropChanged.prototype.holder = 0;
        PropChanged.prototype.access = 0;

        PropChanged.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.element != null && $Object.hasOwnProperty.call(message, "element") && message.element !== 0)
                writer.uint32(8).uint32(message.element);
            if (message.scale != null && $Object.hasOwnProperty.call(message, "scale") && !$Object.is(message.scale, 0))
                writer.uint32(21).float(message.scale);
            if (message.holder != null && $Object.hasOwnProperty.call(message, "holder") && message.holder !== 0)
                writer.uint32(24).uint32(message.holder);
            if (message.access != null && $Object.hasOwnProperty.call(message, "access") && message.access !== 0)
                writer.uint32(32).uint32(message.access);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PropChanged.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.PropChanged();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.element = value;
                        else
                            delete message.element;
                        continue;
                    }
                case 2: {
                        if (wireType !== 5)
                            break;
                        if (!$Object.is(value = reader.float(), 0))
                            message.scale = value;
                        else
                            delete message.scale;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.holder = value;
                        else
                            delete message.holder;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.access = value;
                        else
                            delete message.access;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PropChanged;
    })();

    otherworld.CommandDone = (function() {

        const CommandDone = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CommandDone.prototype.sequence = 0;
        CommandDone.prototype.element = 0;
        CommandDone.prototype.tick = 0;

        CommandDone.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && message.sequence !== 0)
                writer.uint32(8).uint32(message.sequence);
            if (message.element != null && $Object.hasOwnProperty.call(message, "element") && message.element !== 0)
                writer.uint32(16).uint32(message.element);
            if (message.tick != null && $Object.hasOwnProperty.call(message, "tick") && message.tick !== 0)
                writer.uint32(24).uint32(message.tick);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CommandDone.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.CommandDone();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.element = value;
                        else
                            delete message.element;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.tick = value;
                        else
                            delete message.tick;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CommandDone;
    })();

    otherworld.CommandRejected = (function() {

        const CommandRejected = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CommandRejected.prototype.sequence = 0;
        CommandRejected.prototype.reason = "";
        CommandRejected.prototype.tick = 0;

        CommandRejected.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && message.sequence !== 0)
                writer.uint32(8).uint32(message.sequence);
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                writer.uint32(18).string(message.reason);
            if (message.tick != null && $Object.hasOwnProperty.call(message, "tick") && message.tick !== 0)
                writer.uint32(24).uint32(message.tick);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CommandRejected.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.CommandRejected();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.reason = value;
                        else
                            delete message.reason;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.tick = value;
                        else
                            delete message.tick;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CommandRejected;
    })();

    otherworld.MessagePart = (function() {

        const MessagePart = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MessagePart.prototype.bytes = $util.newBuffer([]);
        MessagePart.prototype.last = false;

        MessagePart.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && message.bytes.length)
                writer.uint32(10).bytes(message.bytes);
            if (message.last != null && $Object.hasOwnProperty.call(message, "last") && message.last !== false)
                writer.uint32(16).bool(message.last);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MessagePart.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.MessagePart();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.bytes = value;
                        else
                            delete message.bytes;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.last = value;
                        else
                            delete message.last;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return MessagePart;
    })();

    otherworld.PermissionsChanged = (function() {

        const PermissionsChanged = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PermissionsChanged.prototype.permissions = 0;

        PermissionsChanged.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.permissions != null && $Object.hasOwnProperty.call(message, "permissions") && message.permissions !== 0)
                writer.uint32(8).uint32(message.permissions);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PermissionsChanged.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.PermissionsChanged();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.permissions = value;
                        else
                            delete message.permissions;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PermissionsChanged;
    })();

    otherworld.Notice = (function() {

        const Notice = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Notice.prototype.text = "";

        Notice.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.text != null && $Object.hasOwnProperty.call(message, "text") && message.text !== "")
                writer.uint32(10).string(message.text);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Notice.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.Notice();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.text = value;
                        else
                            delete message.text;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Notice;
    })();

    otherworld.HashSample = (function() {

        const HashSample = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        HashSample.prototype.tick = 0;
        HashSample.prototype.hash = $util.newBuffer([]);

        HashSample.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.tick != null && $Object.hasOwnProperty.call(message, "tick") && message.tick !== 0)
                writer.uint32(8).uint32(message.tick);
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash") && message.hash.length)
                writer.uint32(18).bytes(message.hash);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        HashSample.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.HashSample();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.tick = value;
                        else
                            delete message.tick;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.hash = value;
                        else
                            delete message.hash;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HashSample;
    })();

    otherworld.LockstepMessage = (function() {

        const LockstepMessage = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LockstepMessage.prototype.start = null;
        LockstepMessage.prototype.frame = null;
        LockstepMessage.prototype.goodbye = null;

        let $oneOfFields;

        $Object.defineProperty(LockstepMessage.prototype, "message", {
            get: $util.oneOfGetter($oneOfFields = ["start", "frame", "goodbye"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        LockstepMessage.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.start != null && $Object.hasOwnProperty.call(message, "start"))
                $root.otherworld.LockstepStart.encode(message.start, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.frame != null && $Object.hasOwnProperty.call(message, "frame"))
                $root.otherworld.LockstepFrame.encode(message.frame, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.goodbye != null && $Object.hasOwnProperty.call(message, "goodbye"))
                $root.otherworld.Goodbye.encode(message.goodbye, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LockstepMessage.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.LockstepMessage();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.start = $root.otherworld.LockstepStart.decode(reader, reader.size(), $undefined, _depth + 1, message.start);
                        message.message = "start";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.frame = $root.otherworld.LockstepFrame.decode(reader, reader.size(), $undefined, _depth + 1, message.frame);
                        message.message = "frame";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.goodbye = $root.otherworld.Goodbye.decode(reader, reader.size(), $undefined, _depth + 1, message.goodbye);
                        message.message = "goodbye";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return LockstepMessage;
    })();

    otherworld.LockstepStart = (function() {

        const LockstepStart = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LockstepStart.prototype.protocol = 0;
        LockstepStart.prototype.engine = "";
        LockstepStart.prototype.simVersion = 0;
        LockstepStart.prototype.definition = "";
        LockstepStart.prototype.tick = 0;
        LockstepStart.prototype.checkpoint = $util.newBuffer([]);
        LockstepStart.prototype.epoch = 0;

        LockstepStart.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.protocol != null && $Object.hasOwnProperty.call(message, "protocol") && message.protocol !== 0)
                writer.uint32(8).uint32(message.protocol);
            if (message.engine != null && $Object.hasOwnProperty.call(message, "engine") && message.engine !== "")
                writer.uint32(18).string(message.engine);
            if (message.simVersion != null && $Object.hasOwnProperty.call(message, "simVersion") && message.simVersion !== 0)
                writer.uint32(24).uint32(message.simVersion);
            if (message.definition != null && $Object.hasOwnProperty.call(message, "definition") && message.definition !== "")
                writer.uint32(34).string(message.definition);
            if (message.tick != null && $Object.hasOwnProperty.call(message, "tick") && message.tick !== 0)
                writer.uint32(40).uint32(message.tick);
            if (message.checkpoint != null && $Object.hasOwnProperty.call(message, "checkpoint") && message.checkpoint.length)
                writer.uint32(50).bytes(message.checkpoint);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(56).uint32(message.epoch);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LockstepStart.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.LockstepStart();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.protocol = value;
                        else
                            delete message.protocol;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.engine = value;
                        else
                            delete message.engine;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.simVersion = value;
                        else
                            delete message.simVersion;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.definition = value;
                        else
                            delete message.definition;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.tick = value;
                        else
                            delete message.tick;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.checkpoint = value;
                        else
                            delete message.checkpoint;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return LockstepStart;
    })();

    otherworld.LockstepFrame = (function() {

        const LockstepFrame = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LockstepFrame.prototype.frame = null;
        LockstepFrame.prototype.hash = $util.newBuffer([]);

        LockstepFrame.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.frame != null && $Object.hasOwnProperty.call(message, "frame"))
                $root.otherworld.InputFrame.encode(message.frame, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash") && message.hash.length)
                writer.uint32(18).bytes(message.hash);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LockstepFrame.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.otherworld.LockstepFrame();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.frame = $root.otherworld.InputFrame.decode(reader, reader.size(), $undefined, _depth + 1, message.frame);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.hash = value;
                        else
                            delete message.hash;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return LockstepFrame;
    })();

    return otherworld;
})();

export {
  $root as default
};
