extends RefCounted
## The newest move, pose or drag of one hand; kept until a packet with it is acknowledged.

## MOVE, POSE, and then a drag of each hand.
enum { MOVE, POSE, DRAG }
const COUNT := 5

## 0: there is none.
var sequence := 0
var bytes: PackedByteArray
## Leaves at once, and in the next packet too.
var is_urgent := false
## Was in a packet at least once.
var is_sent := false


func set_input(of_sequence: int, encoded: PackedByteArray, urgent: bool) -> void:
	sequence = of_sequence
	bytes = encoded
	is_urgent = urgent
	is_sent = false


func clear() -> void:
	sequence = 0
