package dev.fetchonce;

import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.coding.ContentCodings.Coding;
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

/** The content codings that the class path adds, and what is asked for because of them. Immutable. */
final class ContentDecoders {
    private static final Logger log = LoggerFactory.getLogger("dev.fetchonce");

    /** A class path that cannot be read at all fails anew for each question, without an end. */
    private static final int MOST_FAILURES = 16;

    private final Map<String, Coding> further;

    /** What a decoder says of itself; it may have no name although it must. */
    private record Named(@Nullable String coding, ContentDecoder decoder) {}

    private ContentDecoders(Map<String, Coding> further) {
        this.further = further;
    }

    /**
     * Those that this library's class loader finds; a thread's own may be anything. What cannot be loaded is left out and
     * told of once.
     *
     * @throws IllegalStateException when a decoder's name is none, is built in, or is another decoder's as well
     */
    static ContentDecoders load() {
        return load(ContentDecoders.class.getClassLoader());
    }

    /** As {@link #load()}, of another class loader. */
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
        Map<String, Coding> further = new TreeMap<>();
        decoders.forEach((name, decoder) -> further.put(name, decoder::decode));
        return new ContentDecoders(further);
    }

    private static void add(Map<String, ContentDecoder> decoders, Named named) {
        String who = "the content decoder " + named.decoder().getClass().getName();
        if (named.coding() == null || !OptionChecks.isToken(named.coding())) {
            throw new IllegalStateException(who + " has no valid name of a coding; it must be a token, such as br");
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
     * All that is understood.
     *
     * @param limit the most bytes that a body may decode to
     */
    ContentCodings under(int limit) {
        return new ContentCodings(limit, further);
    }

    /**
     * The value of Accept-Encoding, such as {@code gzip, br}. Deflate is understood but not asked for: senders do not agree
     * on what it is.
     */
    String accepted() {
        List<String> names = new ArrayList<>(further.keySet());
        names.addFirst("gzip");
        return String.join(", ", names);
    }
}
