"""Duban's engine: diagrams, time and the trail. It knows no web framework; every door calls the same verbs."""
