import * as $protobuf from "protobufjs";
import Long = require("long");

export namespace otherworld {

    interface IVec3 extends otherworld.Vec3.$Properties {
    }

    class Vec3 {
        constructor(properties?: otherworld.Vec3.$Properties);
        $unknowns?: Uint8Array[];
        x: number;
        y: number;
        z: number;
        static encode(message: otherworld.Vec3.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Vec3 & otherworld.Vec3.$Shape;
    }

    namespace Vec3 {
        interface $Properties {
            x?: (number|null);
            y?: (number|null);
            z?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Vec3.$Properties;
    }

    interface IQuat extends otherworld.Quat.$Properties {
    }

    class Quat {
        constructor(properties?: otherworld.Quat.$Properties);
        $unknowns?: Uint8Array[];
        x: number;
        y: number;
        z: number;
        w: number;
        static encode(message: otherworld.Quat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Quat & otherworld.Quat.$Shape;
    }

    namespace Quat {
        interface $Properties {
            x?: (number|null);
            y?: (number|null);
            z?: (number|null);
            w?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Quat.$Properties;
    }

    interface IBox extends otherworld.Box.$Properties {
    }

    class Box {
        constructor(properties?: otherworld.Box.$Properties);
        $unknowns?: Uint8Array[];
        halfExtents?: (otherworld.Vec3.$Properties|null);
        static encode(message: otherworld.Box.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Box & otherworld.Box.$Shape;
    }

    namespace Box {
        interface $Properties {
            halfExtents?: (otherworld.Vec3.$Properties|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Box.$Properties;
    }

    interface ISphere extends otherworld.Sphere.$Properties {
    }

    class Sphere {
        constructor(properties?: otherworld.Sphere.$Properties);
        $unknowns?: Uint8Array[];
        radius: number;
        static encode(message: otherworld.Sphere.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Sphere & otherworld.Sphere.$Shape;
    }

    namespace Sphere {
        interface $Properties {
            radius?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Sphere.$Properties;
    }

    interface ICapsule extends otherworld.Capsule.$Properties {
    }

    class Capsule {
        constructor(properties?: otherworld.Capsule.$Properties);
        $unknowns?: Uint8Array[];
        halfHeight: number;
        radius: number;
        static encode(message: otherworld.Capsule.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Capsule & otherworld.Capsule.$Shape;
    }

    namespace Capsule {
        interface $Properties {
            halfHeight?: (number|null);
            radius?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Capsule.$Properties;
    }

    interface IConvex extends otherworld.Convex.$Properties {
    }

    class Convex {
        constructor(properties?: otherworld.Convex.$Properties);
        $unknowns?: Uint8Array[];
        points: number[];
        static encode(message: otherworld.Convex.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Convex & otherworld.Convex.$Shape;
    }

    namespace Convex {
        interface $Properties {
            points?: (number[]|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Convex.$Properties;
    }

    interface ITrimesh extends otherworld.Trimesh.$Properties {
    }

    class Trimesh {
        constructor(properties?: otherworld.Trimesh.$Properties);
        $unknowns?: Uint8Array[];
        vertices: number[];
        indices: number[];
        static encode(message: otherworld.Trimesh.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Trimesh & otherworld.Trimesh.$Shape;
    }

    namespace Trimesh {
        interface $Properties {
            vertices?: (number[]|null);
            indices?: (number[]|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Trimesh.$Properties;
    }

    interface ICollider extends otherworld.Collider.$Properties {
    }

    class Collider {
        constructor(properties?: otherworld.Collider.$Properties);
        $unknowns?: Uint8Array[];
        box?: (otherworld.Box.$Properties|null);
        sphere?: (otherworld.Sphere.$Properties|null);
        capsule?: (otherworld.Capsule.$Properties|null);
        convex?: (otherworld.Convex.$Properties|null);
        trimesh?: (otherworld.Trimesh.$Properties|null);
        position?: (otherworld.Vec3.$Properties|null);
        rotation?: (otherworld.Quat.$Properties|null);
        shape?: ("box"|"sphere"|"capsule"|"convex"|"trimesh");
        static encode(message: otherworld.Collider.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Collider & otherworld.Collider.$Shape;
    }

    namespace Collider {
        interface $Properties {
            box?: (otherworld.Box.$Properties|null);
            sphere?: (otherworld.Sphere.$Properties|null);
            capsule?: (otherworld.Capsule.$Properties|null);
            convex?: (otherworld.Convex.$Properties|null);
            trimesh?: (otherworld.Trimesh.$Properties|null);
            position?: (otherworld.Vec3.$Properties|null);
            rotation?: (otherworld.Quat.$Properties|null);
            shape?: ("box"|"sphere"|"capsule"|"convex"|"trimesh");
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          box?: otherworld.Box.$Shape|null;
          sphere?: otherworld.Sphere.$Shape|null;
          capsule?: otherworld.Capsule.$Shape|null;
          convex?: otherworld.Convex.$Shape|null;
          trimesh?: otherworld.Trimesh.$Shape|null;
          position?: otherworld.Vec3.$Shape|null;
          rotation?: otherworld.Quat.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ shape?: undefined; box?: null; sphere?: null; capsule?: null; convex?: null; trimesh?: null }|{ shape?: "box"; box: otherworld.Box.$Shape; sphere?: null; capsule?: null; convex?: null; trimesh?: null }|{ shape?: "sphere"; box?: null; sphere: otherworld.Sphere.$Shape; capsule?: null; convex?: null; trimesh?: null }|{ shape?: "capsule"; box?: null; sphere?: null; capsule: otherworld.Capsule.$Shape; convex?: null; trimesh?: null }|{ shape?: "convex"; box?: null; sphere?: null; capsule?: null; convex: otherworld.Convex.$Shape; trimesh?: null }|{ shape?: "trimesh"; box?: null; sphere?: null; capsule?: null; convex?: null; trimesh: otherworld.Trimesh.$Shape })
        );
    }

    enum Motion {
        STATIC = 0,
        DYNAMIC = 1,
        KINEMATIC = 2
    }

    interface IPropSpec extends otherworld.PropSpec.$Properties {
    }

    class PropSpec {
        constructor(properties?: otherworld.PropSpec.$Properties);
        $unknowns?: Uint8Array[];
        name: string;
        motion: otherworld.Motion;
        colliders: otherworld.Collider.$Properties[];
        density: number;
        friction: number;
        restitution: number;
        color: number;
        static encode(message: otherworld.PropSpec.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.PropSpec & otherworld.PropSpec.$Shape;
    }

    namespace PropSpec {
        interface $Properties {
            name?: (string|null);
            motion?: (otherworld.Motion|null);
            colliders?: (otherworld.Collider.$Properties[]|null);
            density?: (number|null);
            friction?: (number|null);
            restitution?: (number|null);
            color?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          name?: string|null;
          motion?: otherworld.Motion|null;
          colliders?: otherworld.Collider.$Shape[]|null;
          density?: number|null;
          friction?: number|null;
          restitution?: number|null;
          color?: number|null;
          $unknowns?: Uint8Array[];
        };
    }

    interface IBoneCapsule extends otherworld.BoneCapsule.$Properties {
    }

    class BoneCapsule {
        constructor(properties?: otherworld.BoneCapsule.$Properties);
        $unknowns?: Uint8Array[];
        bone: number;
        a?: (otherworld.Vec3.$Properties|null);
        b?: (otherworld.Vec3.$Properties|null);
        radius: number;
        static encode(message: otherworld.BoneCapsule.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.BoneCapsule & otherworld.BoneCapsule.$Shape;
    }

    namespace BoneCapsule {
        interface $Properties {
            bone?: (number|null);
            a?: (otherworld.Vec3.$Properties|null);
            b?: (otherworld.Vec3.$Properties|null);
            radius?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.BoneCapsule.$Properties;
    }

    interface IAvatarBody extends otherworld.AvatarBody.$Properties {
    }

    class AvatarBody {
        constructor(properties?: otherworld.AvatarBody.$Properties);
        $unknowns?: Uint8Array[];
        name: string;
        offsets: otherworld.Vec3.$Properties[];
        capsules: otherworld.BoneCapsule.$Properties[];
        static encode(message: otherworld.AvatarBody.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.AvatarBody & otherworld.AvatarBody.$Shape;
    }

    namespace AvatarBody {
        interface $Properties {
            name?: (string|null);
            offsets?: (otherworld.Vec3.$Properties[]|null);
            capsules?: (otherworld.BoneCapsule.$Properties[]|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.AvatarBody.$Properties;
    }

    interface IJoin extends otherworld.Join.$Properties {
    }

    class Join {
        constructor(properties?: otherworld.Join.$Properties);
        $unknowns?: Uint8Array[];
        player: number;
        name: string;
        body: number;
        permissions: number;
        user: number;
        share: number;
        static encode(message: otherworld.Join.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Join & otherworld.Join.$Shape;
    }

    namespace Join {
        interface $Properties {
            player?: (number|null);
            name?: (string|null);
            body?: (number|null);
            permissions?: (number|null);
            user?: (number|null);
            share?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Join.$Properties;
    }

    interface ILeave extends otherworld.Leave.$Properties {
    }

    class Leave {
        constructor(properties?: otherworld.Leave.$Properties);
        $unknowns?: Uint8Array[];
        player: number;
        static encode(message: otherworld.Leave.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Leave & otherworld.Leave.$Shape;
    }

    namespace Leave {
        interface $Properties {
            player?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Leave.$Properties;
    }

    interface ITeleport extends otherworld.Teleport.$Properties {
    }

    class Teleport {
        constructor(properties?: otherworld.Teleport.$Properties);
        $unknowns?: Uint8Array[];
        player: number;
        position?: (otherworld.Vec3.$Properties|null);
        yaw: number;
        static encode(message: otherworld.Teleport.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Teleport & otherworld.Teleport.$Shape;
    }

    namespace Teleport {
        interface $Properties {
            player?: (number|null);
            position?: (otherworld.Vec3.$Properties|null);
            yaw?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Teleport.$Properties;
    }

    interface IPermit extends otherworld.Permit.$Properties {
    }

    class Permit {
        constructor(properties?: otherworld.Permit.$Properties);
        $unknowns?: Uint8Array[];
        player: number;
        permissions: number;
        static encode(message: otherworld.Permit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Permit & otherworld.Permit.$Shape;
    }

    namespace Permit {
        interface $Properties {
            player?: (number|null);
            permissions?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Permit.$Properties;
    }

    interface IMove extends otherworld.Move.$Properties {
    }

    class Move {
        constructor(properties?: otherworld.Move.$Properties);
        $unknowns?: Uint8Array[];
        x: number;
        y: number;
        z: number;
        yaw: number;
        jump: boolean;
        run: boolean;
        fly: boolean;
        static encode(message: otherworld.Move.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Move & otherworld.Move.$Shape;
    }

    namespace Move {
        interface $Properties {
            x?: (number|null);
            y?: (number|null);
            z?: (number|null);
            yaw?: (number|null);
            jump?: (boolean|null);
            run?: (boolean|null);
            fly?: (boolean|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Move.$Properties;
    }

    interface IPose extends otherworld.Pose.$Properties {
    }

    class Pose {
        constructor(properties?: otherworld.Pose.$Properties);
        $unknowns?: Uint8Array[];
        bytes: Uint8Array;
        boneMask: number;
        static encode(message: otherworld.Pose.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Pose & otherworld.Pose.$Shape;
    }

    namespace Pose {
        interface $Properties {
            bytes?: (Uint8Array|null);
            boneMask?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Pose.$Properties;
    }

    interface ISpawn extends otherworld.Spawn.$Properties {
    }

    class Spawn {
        constructor(properties?: otherworld.Spawn.$Properties);
        $unknowns?: Uint8Array[];
        prop?: (otherworld.PropSpec.$Properties|null);
        position?: (otherworld.Vec3.$Properties|null);
        rotation?: (otherworld.Quat.$Properties|null);
        scale: number;
        package: Uint8Array;
        access: number;
        owner: number;
        static encode(message: otherworld.Spawn.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Spawn & otherworld.Spawn.$Shape;
    }

    namespace Spawn {
        interface $Properties {
            prop?: (otherworld.PropSpec.$Properties|null);
            position?: (otherworld.Vec3.$Properties|null);
            rotation?: (otherworld.Quat.$Properties|null);
            scale?: (number|null);
            "package"?: (Uint8Array|null);
            access?: (number|null);
            owner?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          prop?: otherworld.PropSpec.$Shape|null;
          position?: otherworld.Vec3.$Shape|null;
          rotation?: otherworld.Quat.$Shape|null;
          scale?: number|null;
          "package"?: Uint8Array|null;
          access?: number|null;
          owner?: number|null;
          $unknowns?: Uint8Array[];
        };
    }

    interface IDespawn extends otherworld.Despawn.$Properties {
    }

    class Despawn {
        constructor(properties?: otherworld.Despawn.$Properties);
        $unknowns?: Uint8Array[];
        element: number;
        static encode(message: otherworld.Despawn.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Despawn & otherworld.Despawn.$Shape;
    }

    namespace Despawn {
        interface $Properties {
            element?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Despawn.$Properties;
    }

    interface IGrab extends otherworld.Grab.$Properties {
    }

    class Grab {
        constructor(properties?: otherworld.Grab.$Properties);
        $unknowns?: Uint8Array[];
        element: number;
        hand: number;
        static encode(message: otherworld.Grab.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Grab & otherworld.Grab.$Shape;
    }

    namespace Grab {
        interface $Properties {
            element?: (number|null);
            hand?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Grab.$Properties;
    }

    interface IDrag extends otherworld.Drag.$Properties {
    }

    class Drag {
        constructor(properties?: otherworld.Drag.$Properties);
        $unknowns?: Uint8Array[];
        hand: number;
        position?: (otherworld.Vec3.$Properties|null);
        rotation?: (otherworld.Quat.$Properties|null);
        static encode(message: otherworld.Drag.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Drag & otherworld.Drag.$Shape;
    }

    namespace Drag {
        interface $Properties {
            hand?: (number|null);
            position?: (otherworld.Vec3.$Properties|null);
            rotation?: (otherworld.Quat.$Properties|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Drag.$Properties;
    }

    interface IRelease extends otherworld.Release.$Properties {
    }

    class Release {
        constructor(properties?: otherworld.Release.$Properties);
        $unknowns?: Uint8Array[];
        hand: number;
        static encode(message: otherworld.Release.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Release & otherworld.Release.$Shape;
    }

    namespace Release {
        interface $Properties {
            hand?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Release.$Properties;
    }

    interface IScale extends otherworld.Scale.$Properties {
    }

    class Scale {
        constructor(properties?: otherworld.Scale.$Properties);
        $unknowns?: Uint8Array[];
        element: number;
        scale: number;
        static encode(message: otherworld.Scale.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Scale & otherworld.Scale.$Shape;
    }

    namespace Scale {
        interface $Properties {
            element?: (number|null);
            scale?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Scale.$Properties;
    }

    interface IPackage extends otherworld.Package.$Properties {
    }

    class Package {
        constructor(properties?: otherworld.Package.$Properties);
        $unknowns?: Uint8Array[];
        hash: Uint8Array;
        prop?: (otherworld.PropSpec.$Properties|null);
        body?: (otherworld.AvatarBody.$Properties|null);
        physics?: ("prop"|"body");
        static encode(message: otherworld.Package.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Package & otherworld.Package.$Shape;
    }

    namespace Package {
        interface $Properties {
            hash?: (Uint8Array|null);
            prop?: (otherworld.PropSpec.$Properties|null);
            body?: (otherworld.AvatarBody.$Properties|null);
            physics?: ("prop"|"body");
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          hash?: Uint8Array|null;
          prop?: otherworld.PropSpec.$Shape|null;
          body?: otherworld.AvatarBody.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ physics?: undefined; prop?: null; body?: null }|{ physics?: "prop"; prop: otherworld.PropSpec.$Shape; body?: null }|{ physics?: "body"; prop?: null; body: otherworld.AvatarBody.$Shape })
        );
    }

    interface IWear extends otherworld.Wear.$Properties {
    }

    class Wear {
        constructor(properties?: otherworld.Wear.$Properties);
        $unknowns?: Uint8Array[];
        player: number;
        body: number;
        package: Uint8Array;
        static encode(message: otherworld.Wear.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Wear & otherworld.Wear.$Shape;
    }

    namespace Wear {
        interface $Properties {
            player?: (number|null);
            body?: (number|null);
            "package"?: (Uint8Array|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Wear.$Properties;
    }

    interface IAccess extends otherworld.Access.$Properties {
    }

    class Access {
        constructor(properties?: otherworld.Access.$Properties);
        $unknowns?: Uint8Array[];
        element: number;
        access: number;
        static encode(message: otherworld.Access.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Access & otherworld.Access.$Shape;
    }

    namespace Access {
        interface $Properties {
            element?: (number|null);
            access?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Access.$Properties;
    }

    interface IRefused extends otherworld.Refused.$Properties {
    }

    class Refused {
        constructor(properties?: otherworld.Refused.$Properties);
        $unknowns?: Uint8Array[];
        reason: string;
        static encode(message: otherworld.Refused.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Refused & otherworld.Refused.$Shape;
    }

    namespace Refused {
        interface $Properties {
            reason?: (string|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Refused.$Properties;
    }

    interface IInput extends otherworld.Input.$Properties {
    }

    class Input {
        constructor(properties?: otherworld.Input.$Properties);
        $unknowns?: Uint8Array[];
        player: number;
        sequence: number;
        join?: (otherworld.Join.$Properties|null);
        leave?: (otherworld.Leave.$Properties|null);
        teleport?: (otherworld.Teleport.$Properties|null);
        permit?: (otherworld.Permit.$Properties|null);
        move?: (otherworld.Move.$Properties|null);
        pose?: (otherworld.Pose.$Properties|null);
        spawn?: (otherworld.Spawn.$Properties|null);
        despawn?: (otherworld.Despawn.$Properties|null);
        grab?: (otherworld.Grab.$Properties|null);
        drag?: (otherworld.Drag.$Properties|null);
        release?: (otherworld.Release.$Properties|null);
        scale?: (otherworld.Scale.$Properties|null);
        package?: (otherworld.Package.$Properties|null);
        wear?: (otherworld.Wear.$Properties|null);
        access?: (otherworld.Access.$Properties|null);
        refused?: (otherworld.Refused.$Properties|null);
        command?: ("join"|"leave"|"teleport"|"permit"|"move"|"pose"|"spawn"|"despawn"|"grab"|"drag"|"release"|"scale"|"package"|"wear"|"access"|"refused");
        static encode(message: otherworld.Input.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Input & otherworld.Input.$Shape;
    }

    namespace Input {
        interface $Properties {
            player?: (number|null);
            sequence?: (number|null);
            join?: (otherworld.Join.$Properties|null);
            leave?: (otherworld.Leave.$Properties|null);
            teleport?: (otherworld.Teleport.$Properties|null);
            permit?: (otherworld.Permit.$Properties|null);
            move?: (otherworld.Move.$Properties|null);
            pose?: (otherworld.Pose.$Properties|null);
            spawn?: (otherworld.Spawn.$Properties|null);
            despawn?: (otherworld.Despawn.$Properties|null);
            grab?: (otherworld.Grab.$Properties|null);
            drag?: (otherworld.Drag.$Properties|null);
            release?: (otherworld.Release.$Properties|null);
            scale?: (otherworld.Scale.$Properties|null);
            "package"?: (otherworld.Package.$Properties|null);
            wear?: (otherworld.Wear.$Properties|null);
            access?: (otherworld.Access.$Properties|null);
            refused?: (otherworld.Refused.$Properties|null);
            command?: ("join"|"leave"|"teleport"|"permit"|"move"|"pose"|"spawn"|"despawn"|"grab"|"drag"|"release"|"scale"|"package"|"wear"|"access"|"refused");
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          player?: number|null;
          sequence?: number|null;
          join?: otherworld.Join.$Shape|null;
          leave?: otherworld.Leave.$Shape|null;
          teleport?: otherworld.Teleport.$Shape|null;
          permit?: otherworld.Permit.$Shape|null;
          move?: otherworld.Move.$Shape|null;
          pose?: otherworld.Pose.$Shape|null;
          spawn?: otherworld.Spawn.$Shape|null;
          despawn?: otherworld.Despawn.$Shape|null;
          grab?: otherworld.Grab.$Shape|null;
          drag?: otherworld.Drag.$Shape|null;
          release?: otherworld.Release.$Shape|null;
          scale?: otherworld.Scale.$Shape|null;
          "package"?: otherworld.Package.$Shape|null;
          wear?: otherworld.Wear.$Shape|null;
          access?: otherworld.Access.$Shape|null;
          refused?: otherworld.Refused.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ command?: undefined; join?: null; leave?: null; teleport?: null; permit?: null; move?: null; pose?: null; spawn?: null; despawn?: null; grab?: null; drag?: null; release?: null; scale?: null; "package"?: null; wear?: null; access?: null; refused?: null }|{ command?: "join"; join: otherworld.Join.$Shape; leave?: null; teleport?: null; permit?: null; move?: null; pose?: null; spawn?: null; despawn?: null; grab?: null; drag?: null; release?: null; scale?: null; "package"?: null; wear?: null; access?: null; refused?: null }|{ command?: "leave"; join?: null; leave: otherworld.Leave.$Shape; teleport?: null; permit?: null; move?: null; pose?: null; spawn?: null; despawn?: null; grab?: null; drag?: null; release?: null; scale?: null; "package"?: null; wear?: null; access?: null; refused?: null }|{ command?: "teleport"; join?: null; leave?: null; teleport: otherworld.Teleport.$Shape; permit?: null; move?: null; pose?: null; spawn?: null; despawn?: null; grab?: null; drag?: null; release?: null; scale?: null; "package"?: null; wear?: null; access?: null; refused?: null }|{ command?: "permit"; join?: null; leave?: null; teleport?: null; permit: otherworld.Permit.$Shape; move?: null; pose?: null; spawn?: null; despawn?: null; grab?: null; drag?: null; release?: null; scale?: null; "package"?: null; wear?: null; access?: null; refused?: null }|{ command?: "move"; join?: null; leave?: null; teleport?: null; permit?: null; move: otherworld.Move.$Shape; pose?: null; spawn?: null; despawn?: null; grab?: null; drag?: null; release?: null; scale?: null; "package"?: null; wear?: null; access?: null; refused?: null }|{ command?: "pose"; join?: null; leave?: null; teleport?: null; permit?: null; move?: null; pose: otherworld.Pose.$Shape; spawn?: null; despawn?: null; grab?: null; drag?: null; release?: null; scale?: null; "package"?: null; wear?: null; access?: null; refused?: null }|{ command?: "spawn"; join?: null; leave?: null; teleport?: null; permit?: null; move?: null; pose?: null; spawn: otherworld.Spawn.$Shape; despawn?: null; grab?: null; drag?: null; release?: null; scale?: null; "package"?: null; wear?: null; access?: null; refused?: null }|{ command?: "despawn"; join?: null; leave?: null; teleport?: null; permit?: null; move?: null; pose?: null; spawn?: null; despawn: otherworld.Despawn.$Shape; grab?: null; drag?: null; release?: null; scale?: null; "package"?: null; wear?: null; access?: null; refused?: null }|{ command?: "grab"; join?: null; leave?: null; teleport?: null; permit?: null; move?: null; pose?: null; spawn?: null; despawn?: null; grab: otherworld.Grab.$Shape; drag?: null; release?: null; scale?: null; "package"?: null; wear?: null; access?: null; refused?: null }|{ command?: "drag"; join?: null; leave?: null; teleport?: null; permit?: null; move?: null; pose?: null; spawn?: null; despawn?: null; grab?: null; drag: otherworld.Drag.$Shape; release?: null; scale?: null; "package"?: null; wear?: null; access?: null; refused?: null }|{ command?: "release"; join?: null; leave?: null; teleport?: null; permit?: null; move?: null; pose?: null; spawn?: null; despawn?: null; grab?: null; drag?: null; release: otherworld.Release.$Shape; scale?: null; "package"?: null; wear?: null; access?: null; refused?: null }|{ command?: "scale"; join?: null; leave?: null; teleport?: null; permit?: null; move?: null; pose?: null; spawn?: null; despawn?: null; grab?: null; drag?: null; release?: null; scale: otherworld.Scale.$Shape; "package"?: null; wear?: null; access?: null; refused?: null }|{ command?: "package"; join?: null; leave?: null; teleport?: null; permit?: null; move?: null; pose?: null; spawn?: null; despawn?: null; grab?: null; drag?: null; release?: null; scale?: null; "package": otherworld.Package.$Shape; wear?: null; access?: null; refused?: null }|{ command?: "wear"; join?: null; leave?: null; teleport?: null; permit?: null; move?: null; pose?: null; spawn?: null; despawn?: null; grab?: null; drag?: null; release?: null; scale?: null; "package"?: null; wear: otherworld.Wear.$Shape; access?: null; refused?: null }|{ command?: "access"; join?: null; leave?: null; teleport?: null; permit?: null; move?: null; pose?: null; spawn?: null; despawn?: null; grab?: null; drag?: null; release?: null; scale?: null; "package"?: null; wear?: null; access: otherworld.Access.$Shape; refused?: null }|{ command?: "refused"; join?: null; leave?: null; teleport?: null; permit?: null; move?: null; pose?: null; spawn?: null; despawn?: null; grab?: null; drag?: null; release?: null; scale?: null; "package"?: null; wear?: null; access?: null; refused: otherworld.Refused.$Shape })
        );
    }

    interface IInputFrame extends otherworld.InputFrame.$Properties {
    }

    class InputFrame {
        constructor(properties?: otherworld.InputFrame.$Properties);
        $unknowns?: Uint8Array[];
        tick: number;
        inputs: otherworld.Input.$Properties[];
        static encode(message: otherworld.InputFrame.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.InputFrame & otherworld.InputFrame.$Shape;
    }

    namespace InputFrame {
        interface $Properties {
            tick?: (number|null);
            inputs?: (otherworld.Input.$Properties[]|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          tick?: number|null;
          inputs?: otherworld.Input.$Shape[]|null;
          $unknowns?: Uint8Array[];
        };
    }

    interface IClientPacket extends otherworld.ClientPacket.$Properties {
    }

    class ClientPacket {
        constructor(properties?: otherworld.ClientPacket.$Properties);
        $unknowns?: Uint8Array[];
        packet: number;
        ackPacket: number;
        ackBits: number;
        ackMessage: number;
        commands: otherworld.Input.$Properties[];
        latest: otherworld.Input.$Properties[];
        clientTimeMs: number;
        hello?: (otherworld.Hello.$Properties|null);
        goodbye?: (otherworld.Goodbye.$Properties|null);
        tick: number;
        moveTicks: number;
        control?: ("hello"|"goodbye");
        static encode(message: otherworld.ClientPacket.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.ClientPacket & otherworld.ClientPacket.$Shape;
    }

    namespace ClientPacket {
        interface $Properties {
            packet?: (number|null);
            ackPacket?: (number|null);
            ackBits?: (number|null);
            ackMessage?: (number|null);
            commands?: (otherworld.Input.$Properties[]|null);
            latest?: (otherworld.Input.$Properties[]|null);
            clientTimeMs?: (number|null);
            hello?: (otherworld.Hello.$Properties|null);
            goodbye?: (otherworld.Goodbye.$Properties|null);
            tick?: (number|null);
            moveTicks?: (number|null);
            control?: ("hello"|"goodbye");
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          packet?: number|null;
          ackPacket?: number|null;
          ackBits?: number|null;
          ackMessage?: number|null;
          commands?: otherworld.Input.$Shape[]|null;
          latest?: otherworld.Input.$Shape[]|null;
          clientTimeMs?: number|null;
          hello?: otherworld.Hello.$Shape|null;
          goodbye?: otherworld.Goodbye.$Shape|null;
          tick?: number|null;
          moveTicks?: number|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ control?: undefined; hello?: null; goodbye?: null }|{ control?: "hello"; hello: otherworld.Hello.$Shape; goodbye?: null }|{ control?: "goodbye"; hello?: null; goodbye: otherworld.Goodbye.$Shape })
        );
    }

    enum ClientMode {
        RENDER = 0,
        LOCKSTEP = 1
    }

    interface IHello extends otherworld.Hello.$Properties {
    }

    class Hello {
        constructor(properties?: otherworld.Hello.$Properties);
        $unknowns?: Uint8Array[];
        protocol: number;
        mode: otherworld.ClientMode;
        body: number;
        static encode(message: otherworld.Hello.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Hello & otherworld.Hello.$Shape;
    }

    namespace Hello {
        interface $Properties {
            protocol?: (number|null);
            mode?: (otherworld.ClientMode|null);
            body?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Hello.$Properties;
    }

    interface IGoodbye extends otherworld.Goodbye.$Properties {
    }

    class Goodbye {
        constructor(properties?: otherworld.Goodbye.$Properties);
        $unknowns?: Uint8Array[];
        reason: string;
        again: boolean;
        static encode(message: otherworld.Goodbye.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Goodbye & otherworld.Goodbye.$Shape;
    }

    namespace Goodbye {
        interface $Properties {
            reason?: (string|null);
            again?: (boolean|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Goodbye.$Properties;
    }

    interface IServerPacket extends otherworld.ServerPacket.$Properties {
    }

    class ServerPacket {
        constructor(properties?: otherworld.ServerPacket.$Properties);
        $unknowns?: Uint8Array[];
        packet: number;
        ackPacket: number;
        ackBits: number;
        ackCommand: number;
        messages: otherworld.ServerMessage.$Properties[];
        firstMessage: number;
        clientTimeMs: number;
        clientTimeAgeMs: number;
        snapshot?: (otherworld.Snapshot.$Properties|null);
        goodbye?: (otherworld.Goodbye.$Properties|null);
        control?: "goodbye";
        static encode(message: otherworld.ServerPacket.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.ServerPacket & otherworld.ServerPacket.$Shape;
    }

    namespace ServerPacket {
        interface $Properties {
            packet?: (number|null);
            ackPacket?: (number|null);
            ackBits?: (number|null);
            ackCommand?: (number|null);
            messages?: (otherworld.ServerMessage.$Properties[]|null);
            firstMessage?: (number|null);
            clientTimeMs?: (number|null);
            clientTimeAgeMs?: (number|null);
            snapshot?: (otherworld.Snapshot.$Properties|null);
            goodbye?: (otherworld.Goodbye.$Properties|null);
            control?: "goodbye";
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          packet?: number|null;
          ackPacket?: number|null;
          ackBits?: number|null;
          ackCommand?: number|null;
          messages?: otherworld.ServerMessage.$Shape[]|null;
          firstMessage?: number|null;
          clientTimeMs?: number|null;
          clientTimeAgeMs?: number|null;
          snapshot?: otherworld.Snapshot.$Shape|null;
          goodbye?: otherworld.Goodbye.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ control?: undefined; goodbye?: null }|{ control?: "goodbye"; goodbye: otherworld.Goodbye.$Shape })
        );
    }

    interface ISnapshot extends otherworld.Snapshot.$Properties {
    }

    class Snapshot {
        constructor(properties?: otherworld.Snapshot.$Properties);
        $unknowns?: Uint8Array[];
        tick: number;
        avatars: Uint8Array;
        props: Uint8Array;
        own?: (otherworld.Own.$Properties|null);
        static encode(message: otherworld.Snapshot.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Snapshot & otherworld.Snapshot.$Shape;
    }

    namespace Snapshot {
        interface $Properties {
            tick?: (number|null);
            avatars?: (Uint8Array|null);
            props?: (Uint8Array|null);
            own?: (otherworld.Own.$Properties|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Snapshot.$Properties;
    }

    interface IOwn extends otherworld.Own.$Properties {
    }

    class Own {
        constructor(properties?: otherworld.Own.$Properties);
        $unknowns?: Uint8Array[];
        moveSequence: number;
        moveTicks: number;
        position?: (otherworld.Vec3.$Properties|null);
        velocity?: (otherworld.Vec3.$Properties|null);
        yaw: number;
        grounded: boolean;
        flying: boolean;
        jumping: boolean;
        static encode(message: otherworld.Own.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Own & otherworld.Own.$Shape;
    }

    namespace Own {
        interface $Properties {
            moveSequence?: (number|null);
            moveTicks?: (number|null);
            position?: (otherworld.Vec3.$Properties|null);
            velocity?: (otherworld.Vec3.$Properties|null);
            yaw?: (number|null);
            grounded?: (boolean|null);
            flying?: (boolean|null);
            jumping?: (boolean|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Own.$Properties;
    }

    interface IServerMessage extends otherworld.ServerMessage.$Properties {
    }

    class ServerMessage {
        constructor(properties?: otherworld.ServerMessage.$Properties);
        $unknowns?: Uint8Array[];
        welcome?: (otherworld.Welcome.$Properties|null);
        avatarAdded?: (otherworld.AvatarAdded.$Properties|null);
        propAdded?: (otherworld.PropAdded.$Properties|null);
        elementRemoved?: (otherworld.ElementRemoved.$Properties|null);
        propChanged?: (otherworld.PropChanged.$Properties|null);
        commandDone?: (otherworld.CommandDone.$Properties|null);
        commandRejected?: (otherworld.CommandRejected.$Properties|null);
        permissionsChanged?: (otherworld.PermissionsChanged.$Properties|null);
        notice?: (otherworld.Notice.$Properties|null);
        hashSample?: (otherworld.HashSample.$Properties|null);
        part?: (otherworld.MessagePart.$Properties|null);
        avatarChanged?: (otherworld.AvatarChanged.$Properties|null);
        message?: ("welcome"|"avatarAdded"|"propAdded"|"elementRemoved"|"propChanged"|"commandDone"|"commandRejected"|"permissionsChanged"|"notice"|"hashSample"|"part"|"avatarChanged");
        static encode(message: otherworld.ServerMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.ServerMessage & otherworld.ServerMessage.$Shape;
    }

    namespace ServerMessage {
        interface $Properties {
            welcome?: (otherworld.Welcome.$Properties|null);
            avatarAdded?: (otherworld.AvatarAdded.$Properties|null);
            propAdded?: (otherworld.PropAdded.$Properties|null);
            elementRemoved?: (otherworld.ElementRemoved.$Properties|null);
            propChanged?: (otherworld.PropChanged.$Properties|null);
            commandDone?: (otherworld.CommandDone.$Properties|null);
            commandRejected?: (otherworld.CommandRejected.$Properties|null);
            permissionsChanged?: (otherworld.PermissionsChanged.$Properties|null);
            notice?: (otherworld.Notice.$Properties|null);
            hashSample?: (otherworld.HashSample.$Properties|null);
            part?: (otherworld.MessagePart.$Properties|null);
            avatarChanged?: (otherworld.AvatarChanged.$Properties|null);
            message?: ("welcome"|"avatarAdded"|"propAdded"|"elementRemoved"|"propChanged"|"commandDone"|"commandRejected"|"permissionsChanged"|"notice"|"hashSample"|"part"|"avatarChanged");
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          welcome?: otherworld.Welcome.$Shape|null;
          avatarAdded?: otherworld.AvatarAdded.$Shape|null;
          propAdded?: otherworld.PropAdded.$Shape|null;
          elementRemoved?: otherworld.ElementRemoved.$Shape|null;
          propChanged?: otherworld.PropChanged.$Shape|null;
          commandDone?: otherworld.CommandDone.$Shape|null;
          commandRejected?: otherworld.CommandRejected.$Shape|null;
          permissionsChanged?: otherworld.PermissionsChanged.$Shape|null;
          notice?: otherworld.Notice.$Shape|null;
          hashSample?: otherworld.HashSample.$Shape|null;
          part?: otherworld.MessagePart.$Shape|null;
          avatarChanged?: otherworld.AvatarChanged.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ message?: undefined; welcome?: null; avatarAdded?: null; propAdded?: null; elementRemoved?: null; propChanged?: null; commandDone?: null; commandRejected?: null; permissionsChanged?: null; notice?: null; hashSample?: null; part?: null; avatarChanged?: null }|{ message?: "welcome"; welcome: otherworld.Welcome.$Shape; avatarAdded?: null; propAdded?: null; elementRemoved?: null; propChanged?: null; commandDone?: null; commandRejected?: null; permissionsChanged?: null; notice?: null; hashSample?: null; part?: null; avatarChanged?: null }|{ message?: "avatarAdded"; welcome?: null; avatarAdded: otherworld.AvatarAdded.$Shape; propAdded?: null; elementRemoved?: null; propChanged?: null; commandDone?: null; commandRejected?: null; permissionsChanged?: null; notice?: null; hashSample?: null; part?: null; avatarChanged?: null }|{ message?: "propAdded"; welcome?: null; avatarAdded?: null; propAdded: otherworld.PropAdded.$Shape; elementRemoved?: null; propChanged?: null; commandDone?: null; commandRejected?: null; permissionsChanged?: null; notice?: null; hashSample?: null; part?: null; avatarChanged?: null }|{ message?: "elementRemoved"; welcome?: null; avatarAdded?: null; propAdded?: null; elementRemoved: otherworld.ElementRemoved.$Shape; propChanged?: null; commandDone?: null; commandRejected?: null; permissionsChanged?: null; notice?: null; hashSample?: null; part?: null; avatarChanged?: null }|{ message?: "propChanged"; welcome?: null; avatarAdded?: null; propAdded?: null; elementRemoved?: null; propChanged: otherworld.PropChanged.$Shape; commandDone?: null; commandRejected?: null; permissionsChanged?: null; notice?: null; hashSample?: null; part?: null; avatarChanged?: null }|{ message?: "commandDone"; welcome?: null; avatarAdded?: null; propAdded?: null; elementRemoved?: null; propChanged?: null; commandDone: otherworld.CommandDone.$Shape; commandRejected?: null; permissionsChanged?: null; notice?: null; hashSample?: null; part?: null; avatarChanged?: null }|{ message?: "commandRejected"; welcome?: null; avatarAdded?: null; propAdded?: null; elementRemoved?: null; propChanged?: null; commandDone?: null; commandRejected: otherworld.CommandRejected.$Shape; permissionsChanged?: null; notice?: null; hashSample?: null; part?: null; avatarChanged?: null }|{ message?: "permissionsChanged"; welcome?: null; avatarAdded?: null; propAdded?: null; elementRemoved?: null; propChanged?: null; commandDone?: null; commandRejected?: null; permissionsChanged: otherworld.PermissionsChanged.$Shape; notice?: null; hashSample?: null; part?: null; avatarChanged?: null }|{ message?: "notice"; welcome?: null; avatarAdded?: null; propAdded?: null; elementRemoved?: null; propChanged?: null; commandDone?: null; commandRejected?: null; permissionsChanged?: null; notice: otherworld.Notice.$Shape; hashSample?: null; part?: null; avatarChanged?: null }|{ message?: "hashSample"; welcome?: null; avatarAdded?: null; propAdded?: null; elementRemoved?: null; propChanged?: null; commandDone?: null; commandRejected?: null; permissionsChanged?: null; notice?: null; hashSample: otherworld.HashSample.$Shape; part?: null; avatarChanged?: null }|{ message?: "part"; welcome?: null; avatarAdded?: null; propAdded?: null; elementRemoved?: null; propChanged?: null; commandDone?: null; commandRejected?: null; permissionsChanged?: null; notice?: null; hashSample?: null; part: otherworld.MessagePart.$Shape; avatarChanged?: null }|{ message?: "avatarChanged"; welcome?: null; avatarAdded?: null; propAdded?: null; elementRemoved?: null; propChanged?: null; commandDone?: null; commandRejected?: null; permissionsChanged?: null; notice?: null; hashSample?: null; part?: null; avatarChanged: otherworld.AvatarChanged.$Shape })
        );
    }

    interface IWelcome extends otherworld.Welcome.$Properties {
    }

    class Welcome {
        constructor(properties?: otherworld.Welcome.$Properties);
        $unknowns?: Uint8Array[];
        protocol: number;
        realm: string;
        tick: number;
        tickRate: number;
        player: number;
        avatar: number;
        permissions: number;
        definition: string;
        resumed: boolean;
        sequence: number;
        ackCommand: number;
        user: number;
        static encode(message: otherworld.Welcome.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Welcome & otherworld.Welcome.$Shape;
    }

    namespace Welcome {
        interface $Properties {
            protocol?: (number|null);
            realm?: (string|null);
            tick?: (number|null);
            tickRate?: (number|null);
            player?: (number|null);
            avatar?: (number|null);
            permissions?: (number|null);
            definition?: (string|null);
            resumed?: (boolean|null);
            sequence?: (number|null);
            ackCommand?: (number|null);
            user?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Welcome.$Properties;
    }

    interface IAvatarAdded extends otherworld.AvatarAdded.$Properties {
    }

    class AvatarAdded {
        constructor(properties?: otherworld.AvatarAdded.$Properties);
        $unknowns?: Uint8Array[];
        element: number;
        player: number;
        name: string;
        body: number;
        user: number;
        package: Uint8Array;
        headMetres: number;
        scale: number;
        static encode(message: otherworld.AvatarAdded.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.AvatarAdded & otherworld.AvatarAdded.$Shape;
    }

    namespace AvatarAdded {
        interface $Properties {
            element?: (number|null);
            player?: (number|null);
            name?: (string|null);
            body?: (number|null);
            user?: (number|null);
            "package"?: (Uint8Array|null);
            headMetres?: (number|null);
            scale?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.AvatarAdded.$Properties;
    }

    interface IAvatarChanged extends otherworld.AvatarChanged.$Properties {
    }

    class AvatarChanged {
        constructor(properties?: otherworld.AvatarChanged.$Properties);
        $unknowns?: Uint8Array[];
        element: number;
        body: number;
        package: Uint8Array;
        headMetres: number;
        scale: number;
        static encode(message: otherworld.AvatarChanged.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.AvatarChanged & otherworld.AvatarChanged.$Shape;
    }

    namespace AvatarChanged {
        interface $Properties {
            element?: (number|null);
            body?: (number|null);
            "package"?: (Uint8Array|null);
            headMetres?: (number|null);
            scale?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.AvatarChanged.$Properties;
    }

    interface IPropAdded extends otherworld.PropAdded.$Properties {
    }

    class PropAdded {
        constructor(properties?: otherworld.PropAdded.$Properties);
        $unknowns?: Uint8Array[];
        element: number;
        prop?: (otherworld.PropSpec.$Properties|null);
        scale: number;
        holder: number;
        owner: number;
        position?: (otherworld.Vec3.$Properties|null);
        rotation?: (otherworld.Quat.$Properties|null);
        package: Uint8Array;
        access: number;
        static encode(message: otherworld.PropAdded.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.PropAdded & otherworld.PropAdded.$Shape;
    }

    namespace PropAdded {
        interface $Properties {
            element?: (number|null);
            prop?: (otherworld.PropSpec.$Properties|null);
            scale?: (number|null);
            holder?: (number|null);
            owner?: (number|null);
            position?: (otherworld.Vec3.$Properties|null);
            rotation?: (otherworld.Quat.$Properties|null);
            "package"?: (Uint8Array|null);
            access?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          element?: number|null;
          prop?: otherworld.PropSpec.$Shape|null;
          scale?: number|null;
          holder?: number|null;
          owner?: number|null;
          position?: otherworld.Vec3.$Shape|null;
          rotation?: otherworld.Quat.$Shape|null;
          "package"?: Uint8Array|null;
          access?: number|null;
          $unknowns?: Uint8Array[];
        };
    }

    interface IElementRemoved extends otherworld.ElementRemoved.$Properties {
    }

    class ElementRemoved {
        constructor(properties?: otherworld.ElementRemoved.$Properties);
        $unknowns?: Uint8Array[];
        element: number;
        static encode(message: otherworld.ElementRemoved.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.ElementRemoved & otherworld.ElementRemoved.$Shape;
    }

    namespace ElementRemoved {
        interface $Properties {
            element?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.ElementRemoved.$Properties;
    }

    interface IPropChanged extends otherworld.PropChanged.$Properties {
    }

    class PropChanged {
        constructor(properties?: otherworld.PropChanged.$Properties);
        $unknowns?: Uint8Array[];
        element: number;
        scale: number;
        holder: number;
        access: number;
        static encode(message: otherworld.PropChanged.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.PropChanged & otherworld.PropChanged.$Shape;
    }

    namespace PropChanged {
        interface $Properties {
            element?: (number|null);
            scale?: (number|null);
            holder?: (number|null);
            access?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.PropChanged.$Properties;
    }

    interface ICommandDone extends otherworld.CommandDone.$Properties {
    }

    class CommandDone {
        constructor(properties?: otherworld.CommandDone.$Properties);
        $unknowns?: Uint8Array[];
        sequence: number;
        element: number;
        tick: number;
        static encode(message: otherworld.CommandDone.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.CommandDone & otherworld.CommandDone.$Shape;
    }

    namespace CommandDone {
        interface $Properties {
            sequence?: (number|null);
            element?: (number|null);
            tick?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.CommandDone.$Properties;
    }

    interface ICommandRejected extends otherworld.CommandRejected.$Properties {
    }

    class CommandRejected {
        constructor(properties?: otherworld.CommandRejected.$Properties);
        $unknowns?: Uint8Array[];
        sequence: number;
        reason: string;
        tick: number;
        static encode(message: otherworld.CommandRejected.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.CommandRejected & otherworld.CommandRejected.$Shape;
    }

    namespace CommandRejected {
        interface $Properties {
            sequence?: (number|null);
            reason?: (string|null);
            tick?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.CommandRejected.$Properties;
    }

    interface IMessagePart extends otherworld.MessagePart.$Properties {
    }

    class MessagePart {
        constructor(properties?: otherworld.MessagePart.$Properties);
        $unknowns?: Uint8Array[];
        bytes: Uint8Array;
        last: boolean;
        static encode(message: otherworld.MessagePart.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.MessagePart & otherworld.MessagePart.$Shape;
    }

    namespace MessagePart {
        interface $Properties {
            bytes?: (Uint8Array|null);
            last?: (boolean|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.MessagePart.$Properties;
    }

    interface IPermissionsChanged extends otherworld.PermissionsChanged.$Properties {
    }

    class PermissionsChanged {
        constructor(properties?: otherworld.PermissionsChanged.$Properties);
        $unknowns?: Uint8Array[];
        permissions: number;
        static encode(message: otherworld.PermissionsChanged.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.PermissionsChanged & otherworld.PermissionsChanged.$Shape;
    }

    namespace PermissionsChanged {
        interface $Properties {
            permissions?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.PermissionsChanged.$Properties;
    }

    interface INotice extends otherworld.Notice.$Properties {
    }

    class Notice {
        constructor(properties?: otherworld.Notice.$Properties);
        $unknowns?: Uint8Array[];
        text: string;
        static encode(message: otherworld.Notice.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.Notice & otherworld.Notice.$Shape;
    }

    namespace Notice {
        interface $Properties {
            text?: (string|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.Notice.$Properties;
    }

    interface IHashSample extends otherworld.HashSample.$Properties {
    }

    class HashSample {
        constructor(properties?: otherworld.HashSample.$Properties);
        $unknowns?: Uint8Array[];
        tick: number;
        hash: Uint8Array;
        static encode(message: otherworld.HashSample.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.HashSample & otherworld.HashSample.$Shape;
    }

    namespace HashSample {
        interface $Properties {
            tick?: (number|null);
            hash?: (Uint8Array|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.HashSample.$Properties;
    }

    interface ILockstepMessage extends otherworld.LockstepMessage.$Properties {
    }

    class LockstepMessage {
        constructor(properties?: otherworld.LockstepMessage.$Properties);
        $unknowns?: Uint8Array[];
        start?: (otherworld.LockstepStart.$Properties|null);
        frame?: (otherworld.LockstepFrame.$Properties|null);
        goodbye?: (otherworld.Goodbye.$Properties|null);
        message?: ("start"|"frame"|"goodbye");
        static encode(message: otherworld.LockstepMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.LockstepMessage & otherworld.LockstepMessage.$Shape;
    }

    namespace LockstepMessage {
        interface $Properties {
            start?: (otherworld.LockstepStart.$Properties|null);
            frame?: (otherworld.LockstepFrame.$Properties|null);
            goodbye?: (otherworld.Goodbye.$Properties|null);
            message?: ("start"|"frame"|"goodbye");
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          start?: otherworld.LockstepStart.$Shape|null;
          frame?: otherworld.LockstepFrame.$Shape|null;
          goodbye?: otherworld.Goodbye.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ message?: undefined; start?: null; frame?: null; goodbye?: null }|{ message?: "start"; start: otherworld.LockstepStart.$Shape; frame?: null; goodbye?: null }|{ message?: "frame"; start?: null; frame: otherworld.LockstepFrame.$Shape; goodbye?: null }|{ message?: "goodbye"; start?: null; frame?: null; goodbye: otherworld.Goodbye.$Shape })
        );
    }

    interface ILockstepStart extends otherworld.LockstepStart.$Properties {
    }

    class LockstepStart {
        constructor(properties?: otherworld.LockstepStart.$Properties);
        $unknowns?: Uint8Array[];
        protocol: number;
        engine: string;
        simVersion: number;
        definition: string;
        tick: number;
        checkpoint: Uint8Array;
        epoch: number;
        static encode(message: otherworld.LockstepStart.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.LockstepStart & otherworld.LockstepStart.$Shape;
    }

    namespace LockstepStart {
        interface $Properties {
            protocol?: (number|null);
            engine?: (string|null);
            simVersion?: (number|null);
            definition?: (string|null);
            tick?: (number|null);
            checkpoint?: (Uint8Array|null);
            epoch?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = otherworld.LockstepStart.$Properties;
    }

    interface ILockstepFrame extends otherworld.LockstepFrame.$Properties {
    }

    class LockstepFrame {
        constructor(properties?: otherworld.LockstepFrame.$Properties);
        $unknowns?: Uint8Array[];
        frame?: (otherworld.InputFrame.$Properties|null);
        hash: Uint8Array;
        static encode(message: otherworld.LockstepFrame.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): otherworld.LockstepFrame & otherworld.LockstepFrame.$Shape;
    }

    namespace LockstepFrame {
        interface $Properties {
            frame?: (otherworld.InputFrame.$Properties|null);
            hash?: (Uint8Array|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          frame?: otherworld.InputFrame.$Shape|null;
          hash?: Uint8Array|null;
          $unknowns?: Uint8Array[];
        };
    }
}
