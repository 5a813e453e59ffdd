package dev.fetchonce.redeployed;

import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** An application that a container loads with a class loader of its own. It uses types of its own in every way. */
public final class Application implements Callable<Integer> {
    private final String url;
    private final boolean sharesJackson;

    /**
     * Makes the application.
     *
     * @param sharesJackson whether it uses the mapper that the whole process shares, which keeps its types
     */
    public Application(String url, boolean sharesJackson) {
        this.url = url;
        this.sharesJackson = sharesJackson;
    }

    @Retention(RetentionPolicy.RUNTIME)
    @interface Marked {}

    enum Colour {
        RED
    }

    record Item(@Marked int amount, Colour colour) {}

    record Basket(List<Item> items) {}

    record Refusing(List<Item> items) {
        Refusing {
            throw new Refusal();
        }
    }

    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public Integer call() throws Exception {
        HttpCache.Builder options =
                HttpCache.builder().ttl(uri -> Duration.ofMinutes(1)).requestCustomizer(Application::same);
        if (sharesJackson) {
            options.jsonMapper(JsonMapper.shared());
        }
        int read = 0;
        try (HttpCache cache = options.build()) {
            read += cache.get(url, Basket.class).items().size();
            read += cache.fetch(url).decode(body -> new Item(1, Colour.RED)).amount();
            read += refused(cache);
        }
        try (HttpCache cache = HttpCache.builder().freshness(Freshness.http()).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
            cache.asHttpClient().send(request, BodyHandlers.ofString());
            read += cache.get(url, new TypeReference<Basket>() {}).items().size();
        }
        return read;
    }

    private int refused(HttpCache cache) throws Exception {
        try {
            cache.get(url, Refusing.class);
            return 0;
        } catch (FetchException e) {
            return e.getCause() instanceof Refusal ? 1 : 0;
        }
    }

    private static HttpRequest same(HttpRequest request) {
        return request;
    }
}
