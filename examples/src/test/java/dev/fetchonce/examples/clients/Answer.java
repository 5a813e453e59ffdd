package dev.fetchonce.examples.clients;

import java.util.List;

/**
 * What a library tells of a response.
 *
 * @param cacheStatus the lines of the field Cache-Status
 */
record Answer(int status, String body, List<String> cacheStatus) {}
