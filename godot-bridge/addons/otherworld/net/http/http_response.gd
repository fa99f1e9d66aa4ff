@tool
class_name OtherworldResponse
extends RefCounted
## The response to an HTTP request, or the reason why there is none. See [method OtherworldClient.request].
##
## [codeblock]
## var response := await client.request(HTTPClient.METHOD_GET, "v1/packages")
## if response.is_ok():
##     print(response.field("packages"))
## else:
##     print(response.fault.full_message())
## [/codeblock]

## HTTP status. 0 without a response.
var status := 0
## Headers of the response. Their names are in lower case.
var headers: Dictionary[String, String] = {}
## Body of the response, as it arrived.
var body := PackedByteArray()
## The parsed body. [code]null[/code] if it is not JSON.
var json: Variant
## Why the request failed. [code]null[/code] for a success (200 to 299).
var fault: OtherworldRequestError


## Returns [code]true[/code] for a success (200 to 299).
func is_ok() -> bool:
	return fault == null


## Returns a field of a body that is a JSON object. Returns [code]null[/code] if there is no such field.
func field(name: String) -> Variant:
	if json is Dictionary:
		var fields: Dictionary = json
		return fields.get(name)
	return null
