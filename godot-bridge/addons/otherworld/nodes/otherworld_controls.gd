@icon("../icons/player.svg")
class_name OtherworldControls
extends Resource
## Names of the input actions of an [OtherworldPlayer].
##
## When the player enters the tree, actions that the project's input map does not have are added with default keys and
## gamepad bindings. To rebind an action, define one of the same name in the project settings, or set the name of
## another action here.

# Dead zone of a stick.
const _DEADZONE := 0.2

@export_group("Walking")
## Walks forwards.
@export var forward: StringName = &"otherworld_forward"
## Walks backwards.
@export var back: StringName = &"otherworld_back"
## Walks left.
@export var left: StringName = &"otherworld_left"
## Walks right.
@export var right: StringName = &"otherworld_right"
## Runs while pressed.
@export var run: StringName = &"otherworld_run"
## Jumps. Moves up while flying.
@export var jump: StringName = &"otherworld_jump"
## Moves down while flying.
@export var down: StringName = &"otherworld_down"
## Starts or stops flying, if permitted.
@export var fly: StringName = &"otherworld_fly"

@export_group("Looking")
## Turns left.
@export var turn_left: StringName = &"otherworld_turn_left"
## Turns right.
@export var turn_right: StringName = &"otherworld_turn_right"
## Looks up.
@export var look_up: StringName = &"otherworld_look_up"
## Looks down.
@export var look_down: StringName = &"otherworld_look_down"
## Looks around with the mouse while pressed.
@export var look: StringName = &"otherworld_look"
## Captures the mouse until you press it again or press Escape.
@export var capture: StringName = &"otherworld_capture"
## Toggles first person.
@export var first_person: StringName = &"otherworld_first_person"

@export_group("Things")
## Grabs the prop under the pointer while pressed. On the background it looks around.
@export var take: StringName = &"otherworld_take"
## Grabs the prop in front of you, or releases it.
@export var grab: StringName = &"otherworld_grab"
## Makes the held prop larger.
@export var grow: StringName = &"otherworld_grow"
## Makes the held prop smaller.
@export var shrink: StringName = &"otherworld_shrink"
## Moves the held prop away.
@export var farther: StringName = &"otherworld_farther"
## Moves the held prop nearer.
@export var nearer: StringName = &"otherworld_nearer"
## Deletes the prop that you hold or point at.
@export var delete: StringName = &"otherworld_delete"
## Shows the gizmo on the prop under the pointer or in front of the avatar, or hides it.
@export var gizmo: StringName = &"otherworld_gizmo"
## Spawn a box, ball, capsule and gem, then the packages of [member OtherworldPlayer.hotbar_packages].
@export var spawn: Array[StringName] = [
	&"otherworld_spawn_1", &"otherworld_spawn_2", &"otherworld_spawn_3", &"otherworld_spawn_4", &"otherworld_spawn_5",
	&"otherworld_spawn_6", &"otherworld_spawn_7", &"otherworld_spawn_8", &"otherworld_spawn_9",
]


## Returns the names of all actions.
func actions() -> Array[StringName]:
	var all: Array[StringName] = [
		forward, back, left, right, run, jump, down, fly,
		turn_left, turn_right, look_up, look_down, look, capture, first_person,
		take, grab, grow, shrink, farther, nearer, delete, gizmo,
	]
	all.append_array(spawn)
	return all


## Adds the actions that are missing in the project's input map.
func install() -> void:
	_add(forward, [_place(KEY_W), _place(KEY_UP), _axis(JOY_AXIS_LEFT_Y, -1.0)])
	_add(back, [_place(KEY_S), _place(KEY_DOWN), _axis(JOY_AXIS_LEFT_Y, 1.0)])
	_add(left, [_place(KEY_A), _axis(JOY_AXIS_LEFT_X, -1.0)])
	_add(right, [_place(KEY_D), _axis(JOY_AXIS_LEFT_X, 1.0)])
	_add(run, [_place(KEY_SHIFT), _button(JOY_BUTTON_LEFT_STICK)])
	_add(jump, [_place(KEY_SPACE), _button(JOY_BUTTON_A)])
	_add(down, [_place(KEY_C), _button(JOY_BUTTON_B)])
	_add(fly, [_key(KEY_F), _button(JOY_BUTTON_DPAD_UP)])
	_add(turn_left, [_place(KEY_LEFT), _axis(JOY_AXIS_RIGHT_X, -1.0)])
	_add(turn_right, [_place(KEY_RIGHT), _axis(JOY_AXIS_RIGHT_X, 1.0)])
	_add(look_up, [_place(KEY_PAGEUP), _axis(JOY_AXIS_RIGHT_Y, -1.0)])
	_add(look_down, [_place(KEY_PAGEDOWN), _axis(JOY_AXIS_RIGHT_Y, 1.0)])
	_add(look, [_mouse(MOUSE_BUTTON_RIGHT)])
	_add(capture, [_key(KEY_L)])
	_add(first_person, [_key(KEY_V), _button(JOY_BUTTON_RIGHT_STICK)])
	_add(take, [_mouse(MOUSE_BUTTON_LEFT)])
	_add(grab, [_key(KEY_E), _button(JOY_BUTTON_X)])
	_add(grow, [_key(KEY_PLUS), _key(KEY_EQUAL), _key(KEY_KP_ADD), _button(JOY_BUTTON_RIGHT_SHOULDER)])
	_add(shrink, [_key(KEY_MINUS), _key(KEY_UNDERSCORE), _key(KEY_KP_SUBTRACT), _button(JOY_BUTTON_LEFT_SHOULDER)])
	_add(farther, [_key(KEY_PERIOD), _key(KEY_GREATER), _button(JOY_BUTTON_DPAD_RIGHT)])
	_add(nearer, [_key(KEY_COMMA), _key(KEY_LESS), _button(JOY_BUTTON_DPAD_LEFT)])
	_add(delete, [_key(KEY_X), _key(KEY_DELETE), _key(KEY_BACKSPACE), _button(JOY_BUTTON_DPAD_DOWN)])
	_add(gizmo, [_key(KEY_G), _button(JOY_BUTTON_Y)])
	for i: int in spawn.size():
		_add(spawn[i], [_place((KEY_1 + i) as Key)])


func _add(action: StringName, events: Array[InputEvent]) -> void:
	if action.is_empty() or InputMap.has_action(action):
		return
	InputMap.add_action(action, _DEADZONE)
	for event: InputEvent in events:
		InputMap.action_add_event(action, event)


# By the key's position on the keyboard, whatever its label.
func _place(code: Key) -> InputEventKey:
	var event := InputEventKey.new()
	event.physical_keycode = code
	return event


# By the key's label.
func _key(code: Key) -> InputEventKey:
	var event := InputEventKey.new()
	event.keycode = code
	return event


func _button(index: JoyButton) -> InputEventJoypadButton:
	var event := InputEventJoypadButton.new()
	event.button_index = index
	event.device = -1
	return event


func _axis(axis: JoyAxis, toward: float) -> InputEventJoypadMotion:
	var event := InputEventJoypadMotion.new()
	event.axis = axis
	event.axis_value = toward
	event.device = -1
	return event


func _mouse(index: MouseButton) -> InputEventMouseButton:
	var event := InputEventMouseButton.new()
	event.button_index = index
	event.device = -1
	return event
