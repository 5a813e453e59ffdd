package dev.fetchonce.examples;

import dev.fetchonce.HttpCache;
import java.time.Duration;
import java.util.List;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/**
 * The first example: a JSON document as a tree, as a record, and as a list of records. All calls together send one
 * request for each document.
 */
public final class QuickStart {
    private QuickStart() {}

    /** Runs the example without arguments. */
    public static void main(String[] args) throws Exception {
        try (LoopbackOrigin origin = LoopbackOrigin.start(Duration.ofMillis(40));
                HttpCache cache = HttpCache.create()) {
            String url = origin.json(Samples.SERVICE_CONFIG.path(), Samples.SERVICE_CONFIG.text());

            JsonNode tree = cache.get(url);
            System.out.println("tree    region is " + tree.path("region").asString());

            ServiceConfig config = cache.get(url, ServiceConfig.class);
            System.out.println(
                    "record  requests time out after " + config.http().requestTimeout());

            String depots = origin.json("/depots.json", tree.path("depots").toString());
            List<ServiceConfig.Depot> list = cache.get(depots, new TypeReference<List<ServiceConfig.Depot>>() {});
            System.out.println("list    " + list.size() + " depots, the first is " + list.getFirst());

            System.out.println(
                    "origin  " + origin.document(Samples.SERVICE_CONFIG.path()).requests()
                            + " request for the configuration, "
                            + origin.document("/depots.json").requests() + " for the depots");
        }
    }
}
