package dev.fetchonce.examples.clients;

import java.util.List;

/**
 * A response as a library presents it.
 *
 * @param cacheStatus the lines of the field Cache-Status
 */
record Answer(int status, String body, List<String> cacheStatus) {}
