@tool
extends RefCounted
## What a VRM file has beyond its model. All instances of the model share it.

const Constraints := preload("constraints.gd")
const Expressions := preload("expressions.gd")
const LookAt := preload("look_at.gd")
const Springs := preload("springs.gd")

## Node constraints; null without any.
var constraints: Constraints
## Null without any.
var expressions: Expressions
## How the eyes turn; null if the model has no head.
var look_at: LookAt
## Spring bones; null without any.
var springs: Springs
