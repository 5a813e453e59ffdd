package dev.fetchonce.walk;

/**
 * The way of one call through the source files of the library, as far as a reader has to follow it. Accessors, the
 * methods of every record, constructors and lambdas do not count.
 *
 * @param files the number of source files that the call enters
 * @param handOvers the number of calls from one file into another
 */
record Walk(int files, int handOvers) {}
