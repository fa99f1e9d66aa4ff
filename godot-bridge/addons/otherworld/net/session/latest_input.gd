extends RefCounted
## The newest move, pose or drag of one hand. It is kept until a packet with it is acknowledged.

## MOVE, POSE, then one drag for each hand.
enum { MOVE, POSE, DRAG }
const COUNT := 5

## 0: empty.
var sequence := 0
var bytes: PackedByteArray
## Sent at once, and repeated in the next packet.
var is_urgent := false
## It was in at least one packet.
var is_sent := false


func set_input(of_sequence: int, encoded: PackedByteArray, urgent: bool) -> void:
	sequence = of_sequence
	bytes = encoded
	is_urgent = urgent
	is_sent = false


func clear() -> void:
	sequence = 0
