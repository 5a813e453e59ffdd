package dev.fetchonce.internal.http.message;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * The rules that say whether a cache can tell where a response ends (RFC 9112 §6.3). The JDK's client lets much
 * through. Of two lengths it takes the first; of a length and chunks it takes the length; it accepts a sign in front of
 * a number.
 *
 * <p>An attacker who makes the two ends of a connection see different messages can put his own response into the cache.
 * Pure functions.
 */
public final class Framing {
    /** The most bytes of a header block; a response with more is refused, as that is too much to keep for a small body. */
    public static final int MAXIMUM_HEADER_BYTES = 64 << 10;

    /** A colon and a blank after the name, and the two characters of the line end. */
    private static final int PUNCTUATION = 4;

    /**
     * The valid form of a length. RFC 9112 §6.3 would also allow {@code 5, 5} in one line, but the client that reads
     * the body does not understand it. A length has at most 18 digits, because a number with more digits may not fit
     * into a long.
     */
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    private Framing() {}

    /**
     * Returns the fault that makes the head of a response untrustworthy.
     *
     * @param status the status code
     * @param headers the received fields
     * @return words about the response, such as {@code it has both Content-Length and Transfer-Encoding}, which quote
     *     nothing of it; empty when the head has no fault
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
     * Reports whether a response with this status ends with its head, for any fields (RFC 9112 §6.3, item 1). Any
     * response to HEAD ends there too.
     */
    public static boolean bodiless(int status) {
        return status == 204 || status == 304;
    }

    /**
     * Reports whether the fields of a response without a body suggest that its origin may send a body after all. The
     * client must not reuse the connection of such a response, because it would look for the next head in that body. A
     * 304 with the length of the body that it confirms is ordinary (RFC 9110 §15.4.5).
     *
     * @param status a status that is {@link #bodiless}
     * @param headers the received fields
     */
    public static boolean doubtful(int status, HttpHeaders headers) {
        boolean framed = !headers.allValues("transfer-encoding").isEmpty()
                || lengthFault(headers).isPresent();
        return framed || (status == 204 && length(headers).orElse(0) > 0);
    }

    /**
     * Returns the fault of a head that is too large, which counts even where no body follows; empty when it is small
     * enough.
     */
    public static Optional<String> oversized(HttpHeaders headers) {
        return size(headers) > MAXIMUM_HEADER_BYTES
                ? Optional.of("its header fields take more than " + MAXIMUM_HEADER_BYTES + " bytes")
                : Optional.empty();
    }

    /**
     * Reports whether the JDK's client cannot read the announced length: it then fails before it asks for the body. It
     * takes the first of several lengths, and it accepts a sign.
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
     * Returns the fault of a body that has arrived completely and is not as long as announced. HTTP/2 ends a body with
     * a flag. RFC 9113 §8.1.1 requires a comparison of the two lengths, but the JDK's client makes no comparison.
     *
     * @param headers the fields of a head without a {@link #fault}
     * @param received the length of the received body, in bytes
     * @return words about the response; empty when the body has no fault
     */
    public static Optional<String> fault(int status, HttpHeaders headers, long received) {
        OptionalLong announced = bodiless(status) ? OptionalLong.empty() : length(headers);
        return announced.isPresent() && announced.getAsLong() != received
                ? Optional.of("its body is not as long as its Content-Length says")
                : Optional.empty();
    }

    /**
     * Returns the announced length of the body, in bytes. A 304 announces the length of the body that it confirms.
     *
     * @param headers the fields of a head without a {@link #fault}
     * @return empty when the response announces no length
     * @throws NumberFormatException when the head has a fault and its length is no number
     */
    public static OptionalLong length(HttpHeaders headers) {
        List<String> lengths = headers.allValues("content-length"); // firstValueAsLong makes a stream
        return lengths.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(lengths.getFirst()));
    }

    /**
     * Reports whether only the end of the connection ends the body: then a broken body looks like a complete one. Only
     * HTTP/1 has such bodies, and only a response that has a body at all.
     *
     * @param headers the received fields
     */
    public static boolean closeDelimited(HttpHeaders headers) {
        return headers.allValues("content-length").isEmpty()
                && headers.allValues("transfer-encoding").isEmpty();
    }

    /** Returns the bytes of the fields as HTTP/1.1 writes them; the client passes each byte as one character. */
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
