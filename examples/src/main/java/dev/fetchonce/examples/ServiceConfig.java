package dev.fetchonce.examples;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The part of {@link Samples#SERVICE_CONFIG} that a program cares about. Records are what to bind to: a bound value is
 * shared by all callers, so nobody should be able to change it.
 */
public record ServiceConfig(
        String service,
        String region,
        int revision,
        Http http,
        Map<String, Dependency> dependencies,
        List<Depot> depots) {
    /** The service's own door. */
    public record Http(String listen, Duration requestTimeout, int maxRequestBytes) {}

    /** A service it calls. */
    public record Dependency(String url, Duration timeout, int retries) {}

    /** A place where parcels are sorted. */
    public record Depot(String code, String city, int doors) {}
}
