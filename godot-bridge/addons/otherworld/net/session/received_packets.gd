extends RefCounted
## Tracks received packets to acknowledge them: the highest number, and a bit for each of the 32 before it (PKT-3,
## PKT-4).

## AHEAD: the highest number so far. LATE: new, but overtaken. OLD: received before, or too old to know.
enum Arrival { AHEAD, LATE, OLD }

const BITS := 32
const _MASK := 0xFFFF_FFFF

## Highest packet number received; 0 without one.
var highest := 0
## Bit i: packet [code]highest - 1 - i[/code] was received.
var bits := 0
## Number of packets received.
var count := 0


## Records a packet's number.
func record(packet: int) -> Arrival:
	var ahead := packet - highest
	if ahead > 0:
		# The bit of the previous highest number, if there was one.
		var former := 0 if highest == 0 or ahead > BITS else 1 << (ahead - 1)
		bits = ((0 if ahead >= BITS else bits << ahead) | former) & _MASK
		highest = packet
		count += 1
		return Arrival.AHEAD
	if ahead == 0 or -ahead > BITS:
		return Arrival.OLD
	var bit := 1 << (-ahead - 1)
	if bits & bit:
		return Arrival.OLD
	bits |= bit
	count += 1
	return Arrival.LATE


## Forgets that a packet was received, so that it is not acknowledged (unless it already was).
func forget(packet: int) -> void:
	var behind := highest - packet
	if behind > 0 and behind <= BITS:
		bits &= ~(1 << (behind - 1))
	if behind != 0:
		return
	if bits == 0:
		highest = 0
		return
	var next := 0
	while not bits & (1 << next):
		next += 1
	highest = packet - 1 - next
	bits >>= next + 1
