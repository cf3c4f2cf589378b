package main

func measureHistory(*bench) error { return nil }
