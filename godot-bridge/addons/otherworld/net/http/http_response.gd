@tool
extends RefCounted
## What an HTTP request came to: an answer, or in words why there is none.

const RequestError := preload("request_error.gd")

## 0: there was no answer.
var status := 0
## Names in lower case.
var headers: Dictionary[String, String] = {}
var body := PackedByteArray()
## The body as JSON; null where it is none.
var json: Variant
## Null for a success (200 to 299).
var fault: RequestError


## True for a success.
func is_ok() -> bool:
	return fault == null


## A field of a JSON object; null where there is none.
func field(name: String) -> Variant:
	if json is Dictionary:
		var fields: Dictionary = json
		return fields.get(name)
	return null
