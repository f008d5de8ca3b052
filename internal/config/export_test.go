package config

// Patterns are the dotted names of every key.
var Patterns = patterns
