@tool
extends RefCounted
## What a VRM file has beyond its model. All instances of the model share it.

const Springs := preload("springs.gd")

## Spring bones; null without any.
var springs: Springs
