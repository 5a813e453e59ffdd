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
 * Undoes content codings (RFC 9110 §8.4), each under a limit on what may come out: a few kilobytes can hold gigabytes.
 * Immutable and thread-safe.
 */
public final class ContentCodings {
    /** Nobody codes a body more often than this in good faith. */
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
         * @param coded the bytes as they came
         * @return a stream of what was coded
         * @throws IOException when the bytes are not of that coding; so may the stream
         */
        InputStream decode(InputStream coded) throws IOException;
    }

    /**
     * A body that does not decode, or decodes to too much. The message quotes nothing of it. The cause is what a decoder of the
     * application threw, or null.
     */
    public static final class CodingException extends Exception {
        private static final long serialVersionUID = 1L;

        private final Reason reason;

        private CodingException(Reason reason, String message, @Nullable Throwable thrown) {
            super(message, thrown, false, false);
            this.reason = reason;
        }

        /**
         * What is wrong: it decodes to more than the limit ({@link Reason#TOO_LARGE}), it is not of its coding
         * ({@link Reason#PROTOCOL}), or a decoder of the application fails ({@link Reason#APPLICATION}).
         */
        public Reason reason() {
            return reason;
        }

        /** Whether it decodes to more than the limit. */
        public boolean tooLarge() {
            return reason == Reason.TOO_LARGE;
        }
    }

    /** One layer off. */
    private interface Step {
        byte[] undo(byte[] coded, int limit) throws IOException, DataFormatException, Deflated.TooLargeException;
    }

    /**
     * The codings that are understood: gzip, deflate, identity, and those given.
     *
     * @param limit the most bytes that a body, or a layer of it, may decode to
     * @param further by name in lower case, such as {@code br}; what is built in cannot be replaced
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

    /** Whether each of these codings can be undone, if what is coded is sound. */
    boolean understands(List<String> applied) {
        return steps.keySet().containsAll(applied);
    }

    /**
     * The codings that were applied to a body, to be undone by these.
     *
     * @param fields the lines of its Content-Encoding field
     */
    public AppliedCodings of(List<String> fields) {
        List<String> names = fields.isEmpty() ? List.of() : applied(fields, steps::containsKey);
        return switch (names.size()) {
            case 0 -> none;
            case 1 -> single.getOrDefault(names.getFirst(), new AppliedCodings(this, names));
            default -> new AppliedCodings(this, names);
        };
    }

    /** Whether a coding of this name, in lower case, is built in. */
    public static boolean builtIn(String name) {
        return name.equals(IDENTITY) || BUILT_IN.containsKey(name);
    }

    /**
     * The codings that were applied to a body, in their order. A name that is no registered coding, such as {@code UTF-8} or
     * {@code aws-chunked}, says nothing of the bytes, unless it is known otherwise to be a coding. Parameters, which a coding
     * does not have, say nothing either.
     *
     * @param fields the lines of its Content-Encoding field
     * @param further which names in lower case are those of codings that are not registered
     * @return names in lower case, {@code identity} left out
     */
    public static List<String> applied(List<String> fields, Predicate<String> further) {
        return ListField.tokens(fields).stream()
                .map(member -> member.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                .filter(name -> REGISTERED.contains(name) || further.test(name))
                .filter(name -> !name.equals(IDENTITY))
                .toList();
    }

    /**
     * Undoes all codings of a body, the last one first. A response that has no body, such as a 204, has none to undo: an
     * empty body is no gzip.
     *
     * @param body the bytes as they came; not changed
     * @param applied the codings that were {@link #applied}
     * @return the content; the very array where no coding was applied
     * @throws CodingException saying what is wrong, in words about the body
     */
    public byte[] decode(byte[] body, List<String> applied) throws CodingException {
        if (applied.size() > MAXIMUM_LAYERS) {
            throw refused("its content is coded " + applied.size() + " times over, and at most " + MAXIMUM_LAYERS
                    + " codings are undone");
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
            throw refused("its content coding is not understood; understood are "
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
        } catch (DecoderException e) { // its message names a class, as the text of the cause may quote the body
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
        // Filtered, as the array stream's own transferTo hands the array to whatever stream it writes to.
        InputStream wire = new FilterInputStream(new ByteArrayInputStream(coded)) {};
        byte[] content;
        boolean more;
        try (InputStream in = coding.decode(wire)) {
            content = in.readNBytes(limit);
            more = in.read() >= 0;
        } catch (IOException | RuntimeException | Error e) {
            if (e instanceof VirtualMachineError machine && !(e instanceof StackOverflowError)) {
                throw machine; // out of memory, say
            }
            throw new DecoderException(e);
        }
        if (more) {
            throw new Deflated.TooLargeException();
        }
        return content;
    }

    /** A decoder of the application threw the cause. */
    private static final class DecoderException extends IOException {
        private static final long serialVersionUID = 1L;

        DecoderException(Throwable thrown) {
            super(thrown.getClass().getName(), thrown);
        }
    }
}
