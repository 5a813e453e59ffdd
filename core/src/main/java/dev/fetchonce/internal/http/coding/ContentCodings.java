package dev.fetchonce.internal.http.coding;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.message.ListField;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * The content codings that a cache can undo (RFC 9110 §8.4). A limit bounds the output of each layer, because a few
 * kilobytes can hold gigabytes. Immutable and thread-safe.
 */
public final class ContentCodings {
    /** The most codings of one body; no honest origin applies more. */
    private static final int MAXIMUM_LAYERS = 3;

    private static final String IDENTITY = "identity";

    /** The IANA registry of content codings (RFC 9110 §16.6.1), and the two old names of §8.4.1. */
    private static final Set<String> REGISTERED = Set.of(
            "aes128gcm",
            "br",
            "compress",
            "dcb",
            "dcz",
            "deflate",
            "exi",
            "gzip",
            IDENTITY,
            "pack200-gzip",
            "x-compress",
            "x-gzip",
            "zstd");

    private static final Map<String, Step> BUILT_IN =
            Map.of("gzip", Deflated::gunzip, "x-gzip", Deflated::gunzip, "deflate", Deflated::inflate);

    private final Map<String, Step> steps;
    private final int limit;
    private final AppliedCodings none = new AppliedCodings(this, List.of());
    private final Map<String, AppliedCodings> single;

    /** A coding that is not built in. Thread-safe. */
    @FunctionalInterface
    public interface Coding {
        /**
         * Begins to decode.
         *
         * @param coded the received bytes
         * @return a stream of the decoded bytes
         * @throws IOException when the bytes are not of that coding; the stream may throw it as well
         */
        InputStream decode(InputStream coded) throws IOException;
    }

    /**
     * Thrown for a body that does not decode, or that decodes to too many bytes. The message quotes no byte of the
     * body. The cause is the exception of a decoder of the application, or null.
     */
    public static final class CodingException extends Exception {
        private static final long serialVersionUID = 1L;

        private final Reason reason;

        private CodingException(Reason reason, String message, @Nullable Throwable thrown) {
            super(message, thrown, false, false);
            this.reason = reason;
        }

        /**
         * Returns the reason: the body decodes to more than the limit ({@link Reason#TOO_LARGE}), it is not of its
         * coding ({@link Reason#PROTOCOL}), or a decoder of the application fails ({@link Reason#APPLICATION}).
         */
        public Reason reason() {
            return reason;
        }

        /** Reports whether the body decodes to more than the limit. */
        public boolean tooLarge() {
            return reason == Reason.TOO_LARGE;
        }
    }

    /** A function that undoes one coding. */
    private interface Step {
        byte[] undo(byte[] coded, int limit) throws IOException, DataFormatException, Deflated.TooLargeException;
    }

    /**
     * Makes a set of known codings: gzip, deflate, identity, and the given ones.
     *
     * @param limit the most bytes to which a body, or a layer of it, may decode
     * @param further by name in lower case, such as {@code br}; a built-in coding cannot be replaced
     */
    public ContentCodings(int limit, Map<String, Coding> further) {
        Map<String, Step> known = new TreeMap<>();
        further.forEach((name, coding) -> known.put(name, (coded, most) -> read(coding, coded, most)));
        known.putAll(BUILT_IN);
        this.steps = Map.copyOf(known);
        Map<String, AppliedCodings> alone = new TreeMap<>();
        known.keySet().forEach(name -> alone.put(name, new AppliedCodings(this, List.of(name))));
        this.single = Map.copyOf(alone);
        this.limit = limit;
    }

    /** Reports whether the cache can undo each of these codings, provided that the coded bytes are valid. */
    boolean understands(List<String> applied) {
        return steps.keySet().containsAll(applied);
    }

    /**
     * Returns the codings of a body with the decoders that undo them.
     *
     * @param fields the lines of the body's Content-Encoding field
     */
    public AppliedCodings of(List<String> fields) {
        List<String> names = fields.isEmpty() ? List.of() : applied(fields, steps::containsKey);
        return switch (names.size()) {
            case 0 -> none;
            case 1 -> single.getOrDefault(names.getFirst(), new AppliedCodings(this, names));
            default -> new AppliedCodings(this, names);
        };
    }

    /** Reports whether a coding of this name, in lower case, is built in. */
    public static boolean builtIn(String name) {
        return name.equals(IDENTITY) || BUILT_IN.containsKey(name);
    }

    /**
     * Returns the codings of a body, in the order in which they were applied. A name that is no registered coding, such
     * as {@code UTF-8} or {@code aws-chunked}, has no meaning unless the caller knows it as a coding. Parameters have
     * no meaning either, because a coding has no parameters.
     *
     * @param fields the lines of the body's Content-Encoding field
     * @param further whether a name in lower case is that of a coding that is not registered
     * @return names in lower case, without {@code identity}
     */
    public static List<String> applied(List<String> fields, Predicate<String> further) {
        return ListField.tokens(fields).stream()
                .map(member -> member.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                .filter(name -> REGISTERED.contains(name) || further.test(name))
                .filter(name -> !name.equals(IDENTITY))
                .toList();
    }

    /**
     * Undoes all codings of a body, the last one first. The caller must not pass the body of a response without
     * content, such as a 204: an empty body is no valid gzip.
     *
     * @param body the received bytes; not changed
     * @param applied the codings that {@link #applied} has returned
     * @return the content; the given array itself for a body without a coding
     * @throws CodingException when the body does not decode; the message says why, in words about the body
     */
    public byte[] decode(byte[] body, List<String> applied) throws CodingException {
        if (applied.size() > MAXIMUM_LAYERS) {
            throw refused(
                    "its content has " + applied.size() + " codings, and the cache undoes at most " + MAXIMUM_LAYERS);
        }
        byte[] content = body;
        for (String name : applied.reversed()) {
            content = undone(content, name);
        }
        return content;
    }

    private byte[] undone(byte[] coded, String name) throws CodingException {
        Step step = steps.get(name);
        if (step == null) {
            throw refused("its content coding is unknown; the known codings are "
                    + String.join(", ", new TreeSet<>(steps.keySet())));
        }
        try {
            return step.undo(coded, limit);
        } catch (Deflated.TooLargeException e) {
            throw new CodingException(
                    Reason.TOO_LARGE, "it decodes from " + name + " to more than " + limit + " bytes", null);
        } catch (DataFormatException e) {
            throw refused("it does not decode from " + name + ": "
                    + Objects.requireNonNullElse(e.getMessage(), "it is damaged"));
        } catch (
                DecoderException
                        e) { // this message names only a class, because the text of the cause may quote the body
            throw new CodingException(
                    e.getCause() instanceof IOException ? Reason.PROTOCOL : Reason.APPLICATION,
                    "it does not decode from " + name + ": " + e.getMessage(),
                    e.getCause());
        } catch (IOException e) {
            throw refused(
                    "it does not decode from " + name + ": " + e.getClass().getName());
        }
    }

    private static CodingException refused(String message) {
        return new CodingException(Reason.PROTOCOL, message, null);
    }

    private static byte[] read(Coding coding, byte[] coded, int limit) throws IOException, Deflated.TooLargeException {
        // A filter, because the array stream's own transferTo passes the array to any stream to which it writes.
        InputStream wire = new FilterInputStream(new ByteArrayInputStream(coded)) {};
        byte[] content;
        boolean more;
        try (InputStream in = coding.decode(wire)) {
            content = in.readNBytes(limit);
            more = in.read() >= 0;
        } catch (IOException | RuntimeException | Error e) {
            if (e instanceof VirtualMachineError machine && !(e instanceof StackOverflowError)) {
                throw machine; // for example, the heap is full
            }
            throw new DecoderException(e);
        }
        if (more) {
            throw new Deflated.TooLargeException();
        }
        return content;
    }

    /** Thrown when a decoder of the application has thrown the cause. */
    private static final class DecoderException extends IOException {
        private static final long serialVersionUID = 1L;

        DecoderException(Throwable thrown) {
            super(thrown.getClass().getName(), thrown);
        }
    }
}
