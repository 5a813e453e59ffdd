package dev.fetchonce.internal.http.message;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Whether one can tell where a response ends (RFC 9112 §6.3). The JDK's client lets much through: of two lengths it takes
 * the first, of a length and chunks the length, and a sign in front of a number is fine with it. Whoever can make the two
 * ends of a connection see different messages can put an answer of his own into the cache. Pure functions.
 */
public final class Framing {
    /** The size of a header block above which the answer is refused, in bytes: too much to keep for a small body. */
    public static final int MAXIMUM_HEADER_BYTES = 64 << 10;

    /** A name, a colon, a blank, a value and a line end. */
    private static final int PUNCTUATION = 4;

    /**
     * RFC 9112 §6.3 would allow {@code 5, 5} in one line as well, but the client that reads the body does not understand
     * it. Of 18 digits, as more need not fit into a long.
     */
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    private Framing() {}

    /**
     * What makes the head of a response one that is not to be believed.
     *
     * @param status the status code
     * @param headers the fields as they were received
     * @return words about the response, such as {@code it has both Content-Length and Transfer-Encoding}, which quote
     *     nothing of it; empty when nothing is wrong
     */
    public static Optional<String> fault(int status, HttpHeaders headers) {
        if (bodiless(status)) {
            return oversized(headers);
        }
        List<String> lengths = headers.allValues("content-length");
        List<String> codings = headers.allValues("transfer-encoding");
        if (!lengths.isEmpty() && !codings.isEmpty()) {
            return Optional.of("it has both Content-Length and Transfer-Encoding");
        }
        if (!codings.isEmpty() && !(codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked"))) {
            return Optional.of("its Transfer-Encoding is not chunked alone");
        }
        Optional<String> length = lengthFault(headers);
        return length.isPresent() ? length : oversized(headers);
    }

    private static Optional<String> lengthFault(HttpHeaders headers) {
        List<String> lengths = headers.allValues("content-length");
        for (String length : lengths) {
            if (!LENGTH.matcher(length).matches()) {
                return Optional.of("its Content-Length is not one number of bytes");
            }
        }
        for (String length : lengths) {
            if (!length.equals(lengths.getFirst())) {
                return Optional.of("it has several Content-Lengths, which differ");
            }
        }
        return Optional.empty();
    }

    /**
     * Whether a response with this status ends with its head, whatever its fields say (RFC 9112 §6.3, item 1). Any response
     * to HEAD does as well.
     */
    public static boolean bodiless(int status) {
        return status == 204 || status == 304;
    }

    /**
     * Whether the fields of a response without a body are those of one that may send a body all the same: its connection is
     * not to be used again, as the next head would be looked for in that body. A 304 with the length of the body that it
     * confirms is an ordinary one (RFC 9110 §15.4.5).
     *
     * @param status a status that is {@link #bodiless}
     * @param headers the fields as they were received
     */
    public static boolean doubtful(int status, HttpHeaders headers) {
        boolean framed = !headers.allValues("transfer-encoding").isEmpty()
                || lengthFault(headers).isPresent();
        return framed || (status == 204 && length(headers).orElse(0) > 0);
    }

    /** What makes a head one that is not to be believed even where no body follows; empty when nothing is wrong. */
    public static Optional<String> oversized(HttpHeaders headers) {
        return size(headers) > MAXIMUM_HEADER_BYTES
                ? Optional.of("its header fields take more than " + MAXIMUM_HEADER_BYTES + " bytes")
                : Optional.empty();
    }

    /**
     * Whether the JDK's client cannot read the length that is announced: it fails then, before it asks for the body. It takes
     * the first of several, and signs.
     */
    public static boolean illegible(HttpHeaders headers) {
        try {
            OptionalLong unused = length(headers);
            return false;
        } catch (NumberFormatException e) {
            return true;
        }
    }

    /**
     * What makes a body one that is not to be believed, now that all of it is there. HTTP/2 ends a body with a flag, and
     * the JDK's client does not compare what came with what was announced, as RFC 9113 §8.1.1 has it.
     *
     * @param headers the fields of a head without a {@link #fault}
     * @param received how long the body is as it came, in bytes
     * @return words about the response; empty when nothing is wrong
     */
    public static Optional<String> fault(int status, HttpHeaders headers, long received) {
        OptionalLong announced = bodiless(status) ? OptionalLong.empty() : length(headers);
        return announced.isPresent() && announced.getAsLong() != received
                ? Optional.of("its body is not as long as its Content-Length says")
                : Optional.empty();
    }

    /**
     * The length of the body as it was announced, in bytes. A 304 announces that of the body it confirms.
     *
     * @param headers the fields of a head without a {@link #fault}
     * @return empty when none was announced
     * @throws NumberFormatException where the fields are those of a head with a fault, and have a length that is no number
     */
    public static OptionalLong length(HttpHeaders headers) {
        List<String> lengths = headers.allValues("content-length"); // firstValueAsLong makes a stream
        return lengths.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(lengths.getFirst()));
    }

    /**
     * Whether only the end of the connection ends the body: then a body that broke off cannot be told from a whole one.
     * Only HTTP/1 does this, and only for a response that has a body at all.
     *
     * @param headers the fields as they were received
     */
    public static boolean closeDelimited(HttpHeaders headers) {
        return headers.allValues("content-length").isEmpty()
                && headers.allValues("transfer-encoding").isEmpty();
    }

    /** The fields as HTTP/1.1 writes them; the client hands over each byte as one character. */
    private static long size(HttpHeaders headers) {
        long size = 0;
        for (Map.Entry<String, List<String>> field : headers.map().entrySet()) {
            for (String value : field.getValue()) {
                size += field.getKey().length() + value.length() + PUNCTUATION;
            }
        }
        return size;
    }
}
