package dev.fetchonce.benchmarks.contenders;

import java.util.List;
import java.util.Map;

/**
 * What the origin's JSON is bound to, by whoever binds it: a service's configuration, longer or shorter.
 *
 * @param id which one
 * @param name what it is called
 * @param enabled whether it is in force
 * @param limits numbers by name
 * @param hosts as many as make it as long as was asked for
 */
public record Document(String id, String name, boolean enabled, Map<String, Integer> limits, List<String> hosts) {}
