package dev.fetchonce.benchmarks.contenders;

import java.util.List;
import java.util.Map;

/**
 * A document of the origin, bound to a record: a service's configuration, longer or shorter.
 *
 * @param id its number
 * @param name its name
 * @param enabled whether it is in force
 * @param limits numbers by name
 * @param hosts host names, as many as give the document its length
 */
public record Document(String id, String name, boolean enabled, Map<String, Integer> limits, List<String> hosts) {}
