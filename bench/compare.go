package main

func measureCompare(*bench) error { return nil }
