@tool
extends RefCounted
## The response to an HTTP request, or the reason why there is none.

const RequestError := preload("request_error.gd")

## HTTP status. 0 without a response.
var status := 0
## Header names are in lower case.
var headers: Dictionary[String, String] = {}
var body := PackedByteArray()
## The parsed body; null if it is not JSON.
var json: Variant
## Null for a success (200 to 299).
var fault: RequestError


## Returns [code]true[/code] for a success.
func is_ok() -> bool:
	return fault == null


## Returns a field of a JSON object; null if there is none.
func field(name: String) -> Variant:
	if json is Dictionary:
		var fields: Dictionary = json
		return fields.get(name)
	return null
