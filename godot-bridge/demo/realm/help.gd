extends PanelContainer
## The keys, in groups.

const GROUPS: Dictionary[String, Dictionary] = {
	"Walking": { "W A S D": "walk", "Shift": "run", "Space": "jump, or rise", "F": "fly and land", "C": "sink" },
	"Looking": { "Right mouse": "look around", "L": "look with the mouse alone", "Wheel": "nearer and farther", "V": "into the eyes and out" },
	"Seeing": { "N": "network", "O or F3": "capsules and colliders", "H": "these keys", "Esc": "menu" },
	"Things": {
		"Left mouse": "carry what is pointed at", "E": "take what is in front", "Wheel or + −": "scale what is held",
		"Shift + wheel": "bring it nearer or farther", "1 2 3 4": "make a box, a ball …", "G": "gizmo", "X": "delete",
	},
	"Headset": {
		"Left stick": "walk; pushed in: run", "Right stick": "turn", "A": "jump", "B": "fly and land", "Y": "menu",
		"Grip or trigger": "take; both hands scale and turn",
	},
}


func _ready() -> void:
	var columns: Array[VBoxContainer] = [%First, %Second]
	var filled := 0
	for group: String in GROUPS:
		_add_group(columns[0 if filled < 3 else 1], group, GROUPS[group])
		filled += 1
	(%Close as Button).pressed.connect(hide)


func _add_group(column: VBoxContainer, title: String, keys: Dictionary) -> void:
	var heading := Label.new()
	heading.text = title
	heading.theme_type_variation = &"Eyebrow"
	column.add_child(heading)
	var grid := GridContainer.new()
	grid.columns = 2
	grid.add_theme_constant_override(&"h_separation", 12)
	column.add_child(grid)
	for key: String in keys:
		var cap := Label.new()
		cap.text = key
		cap.theme_type_variation = &"Key"
		cap.size_flags_horizontal = SIZE_SHRINK_BEGIN
		grid.add_child(cap)
		var does := Label.new()
		does.text = keys[key]
		does.theme_type_variation = &"Soft"
		grid.add_child(does)
