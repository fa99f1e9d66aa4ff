@tool
extends RefCounted
## What a VRM file has beyond its model. All instances of the model share it.

const Expressions := preload("expressions.gd")
const LookAt := preload("look_at.gd")
const Springs := preload("springs.gd")

## Null without any.
var expressions: Expressions
## How the eyes turn; null if the model has no head.
var look_at: LookAt
## Spring bones; null without any.
var springs: Springs
