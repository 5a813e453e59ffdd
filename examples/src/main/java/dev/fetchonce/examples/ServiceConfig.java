package dev.fetchonce.examples;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The part of {@link Samples#SERVICE_CONFIG} that a program needs. All callers share a bound value, so its type should
 * be immutable, such as a record.
 */
public record ServiceConfig(
        String service,
        String region,
        int revision,
        Http http,
        Map<String, Dependency> dependencies,
        List<Depot> depots) {
    /** The HTTP endpoint of the service. */
    public record Http(String listen, Duration requestTimeout, int maxRequestBytes) {}

    /** A service that it calls. */
    public record Dependency(String url, Duration timeout, int retries) {}

    /** A place that sorts parcels. */
    public record Depot(String code, String city, int doors) {}
}
