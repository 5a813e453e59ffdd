package dev.fetchonce.walk;

/**
 * The way of one call through the source files of the library, as far as a reader has to follow it: without accessors of records,
 * constructors and lambdas.
 *
 * @param files how many source files it enters
 * @param handOvers how many calls go from one file into another
 */
record Walk(int files, int handOvers) {}
