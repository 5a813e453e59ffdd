package dev.fetchonce;

import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.coding.ContentCodings.Coding;
import dev.fetchonce.internal.http.message.HttpToken;
import dev.fetchonce.spi.ContentDecoder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The content decoders that the class path adds, and the Accept-Encoding value that results. Immutable. */
final class ContentDecoders {
    private static final Logger log = LoggerFactory.getLogger("dev.fetchonce");

    /** The most failures that are logged. An unreadable class path fails again for each question, without end. */
    private static final int MOST_FAILURES = 16;

    private final Map<String, Coding> codings;

    /** A decoder and the coding that it names. The name is null where the decoder returns null against its contract. */
    private record Named(@Nullable String coding, ContentDecoder decoder) {}

    private ContentDecoders(Map<String, Coding> codings) {
        this.codings = codings;
    }

    /**
     * Returns the decoders that this library's class loader finds; the context class loader of a thread may be any
     * other. A decoder that cannot be loaded is left out, and one warning is logged.
     *
     * @throws IllegalStateException when the name of a decoder is not a token, is built in, or is also the name of
     *     another decoder
     */
    static ContentDecoders load() {
        return load(ContentDecoders.class.getClassLoader());
    }

    /** Returns the decoders that a class loader finds, as {@link #load()} does. */
    static ContentDecoders load(ClassLoader loader) {
        List<Named> found = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        Iterator<ContentDecoder> candidates =
                ServiceLoader.load(ContentDecoder.class, loader).iterator();
        boolean more = true;
        while (more && failures.size() < MOST_FAILURES) {
            try {
                more = candidates.hasNext();
                if (more) {
                    ContentDecoder decoder = candidates.next();
                    found.add(new Named(decoder.coding(), decoder));
                }
            } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            log.warn(
                    "content decoders ({}) that cannot be loaded are left out; failures: {}, the first:",
                    ContentDecoder.class.getName(),
                    failures.size(),
                    failures.getFirst());
        }
        Map<String, ContentDecoder> decoders = new TreeMap<>();
        found.forEach(named -> add(decoders, named));
        Map<String, Coding> codings = new TreeMap<>();
        decoders.forEach((name, decoder) -> codings.put(name, decoder::decode));
        return new ContentDecoders(codings);
    }

    private static void add(Map<String, ContentDecoder> decoders, Named named) {
        String who = "the content decoder " + named.decoder().getClass().getName();
        if (named.coding() == null || !HttpToken.is(named.coding())) {
            throw new IllegalStateException(who + " has no valid coding name; the name must be a token, such as br");
        }
        String name = named.coding().toLowerCase(Locale.ROOT);
        if (ContentCodings.builtIn(name)) {
            throw new IllegalStateException(who + " decodes " + name + ", which is built in and cannot be replaced");
        }
        ContentDecoder other = decoders.putIfAbsent(name, named.decoder());
        if (other != null) {
            throw new IllegalStateException(who + " decodes " + name + ", and so does "
                    + other.getClass().getName() + "; leave one of them out");
        }
    }

    /**
     * Returns all codings that the cache decodes, the built-in ones included.
     *
     * @param limit the most bytes to which a body may decode
     */
    ContentCodings codings(int limit) {
        return new ContentCodings(limit, codings);
    }

    /**
     * Returns the value of Accept-Encoding, such as {@code gzip, br}. The cache decodes deflate but does not ask for
     * it, because senders disagree about its format.
     */
    String accepted() {
        List<String> names = new ArrayList<>(codings.keySet());
        names.addFirst("gzip");
        return String.join(", ", names);
    }
}
