package dev.fetchonce.wire;

import static dev.fetchonce.wire.ExchangeCase.plays;

import dev.fetchonce.Reason;
import dev.fetchonce.testing.Gzip;
import dev.fetchonce.testing.ScriptedOrigin.Script;
import dev.fetchonce.wire.ExchangeCase.End;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** Content codings (RFC 9110 §8.4). */
final class CodingCases {
    static final String TEXT = "[\"" + "hello, ".repeat(100) + "\"]";

    private static final byte[] PLAIN = TEXT.getBytes(StandardCharsets.UTF_8);

    private CodingCases() {}

    static Stream<ExchangeCase> all() {
        return Stream.of(good(), bad(), closeDelimited()).flatMap(cases -> cases);
    }

    private static Stream<ExchangeCase> good() {
        byte[] gzip = Gzip.of(PLAIN);
        return Stream.of(
                plays("gzip", coded("gzip", gzip)).gives(TEXT),
                plays("gzip, asked for as JSON", coded("gzip", gzip))
                        .askedForJson()
                        .gives(TEXT),
                plays("gzip in chunks", chunked("gzip", gzip)).gives(TEXT),
                plays("gzip in other letters", coded("GZip", gzip)).gives(TEXT),
                plays("x-gzip", coded("x-gzip", gzip)).gives(TEXT),
                plays("gzip in two members", coded("gzip", together(Gzip.of(half(0)), Gzip.of(half(1)))))
                        .gives(TEXT),
                plays("deflate as zlib", coded("deflate", deflate(PLAIN, false)))
                        .gives(TEXT),
                plays("deflate as it is", coded("deflate", deflate(PLAIN, true)))
                        .gives(TEXT),
                plays("identity", coded("identity", PLAIN)).gives(TEXT),
                plays("UTF-8", coded("UTF-8", PLAIN)).gives(TEXT),
                plays("none, asked for as JSON", coded("none", PLAIN))
                        .askedForJson()
                        .gives(TEXT),
                plays("aws-chunked", coded("aws-chunked", PLAIN)).gives(TEXT),
                plays("aws-chunked over gzip", coded("gzip,aws-chunked", gzip)).gives(TEXT),
                plays("gzip over aws-chunked", coded("AWS-Chunked , , GZIP", gzip))
                        .gives(TEXT),
                plays("a coding of nobody's in a line of its own", coded("zip|Content-Encoding: gzip", gzip))
                        .gives(TEXT),
                plays("gzip of an empty body", coded("gzip", new byte[0])).gives(""),
                plays("gzip and a zero", coded("gzip", together(gzip, new byte[1])))
                        .gives(TEXT),
                plays("gzip and zeros", coded("gzip", together(gzip, new byte[512])))
                        .gives(TEXT),
                plays(
                                "gzip in two members with zeros between",
                                coded("gzip", together(together(Gzip.of(half(0)), new byte[9]), Gzip.of(half(1)))))
                        .gives(TEXT),
                plays("deflate and a zero", coded("deflate", together(deflate(PLAIN, false), new byte[1])))
                        .gives(TEXT),
                plays("gzip of nothing", coded("gzip", Gzip.of(new byte[0]))).gives(""),
                plays("gzip of exactly the limit", coded("gzip", Gzip.of(new byte[100_000])))
                        .limit(100_000)
                        .gives("\0".repeat(100_000)));
    }

    private static Stream<ExchangeCase> bad() {
        byte[] gzip = Gzip.of(PLAIN);
        byte[] wrongSum = gzip.clone();
        wrongSum[gzip.length - 8] ^= 1;
        byte[] wrongLength = gzip.clone();
        wrongLength[gzip.length - 1] ^= 1;
        byte[] wrongData = gzip.clone();
        Arrays.fill(wrongData, 12, 20, (byte) -1);
        byte[] bomb = Gzip.of(new byte[10_000_000]);
        // The exchange is complete and valid, so the client may use the connection again.
        return Stream.of(
                        plays("a coding that nobody brought a decoder for", coded("br", PLAIN)),
                        plays("such a coding over gzip", coded("gzip, zstd", gzip)),
                        plays("such a coding beside none", coded("none, zstd", gzip)),
                        plays(
                                "gzip and letters",
                                coded("gzip", together(gzip, "junk".getBytes(StandardCharsets.US_ASCII)))),
                        plays("gzip, a zero and a letter", coded("gzip", together(gzip, new byte[] {0, 'x'}))),
                        plays("gzip that is none", coded("gzip", PLAIN)),
                        plays("deflate that is none", coded("deflate", PLAIN)),
                        plays("gzip cut off", coded("gzip", Arrays.copyOf(gzip, gzip.length / 2))),
                        plays("gzip without its last byte", coded("gzip", Arrays.copyOf(gzip, gzip.length - 1))),
                        plays("gzip without its trailer", coded("gzip", Arrays.copyOf(gzip, gzip.length - 8))),
                        plays("gzip cut off in its head", coded("gzip", Arrays.copyOf(gzip, 5))),
                        plays("gzip with a wrong sum", coded("gzip", wrongSum)),
                        plays("gzip with a wrong length", coded("gzip", wrongLength)),
                        plays("gzip with broken data", coded("gzip", wrongData)),
                        plays("gzip cut off, asked for as JSON", coded("gzip", Arrays.copyOf(gzip, gzip.length / 2)))
                                .askedForJson(),
                        plays("deflate cut off", coded("deflate", Arrays.copyOf(deflate(PLAIN, false), 12))),
                        plays("deflate as it is, cut off", coded("deflate", Arrays.copyOf(deflate(PLAIN, true), 12))),
                        plays("a gzip bomb", coded("gzip", bomb))
                                .limit(1_000_000)
                                .fails(Reason.TOO_LARGE),
                        plays("a gzip bomb, asked for as JSON", coded("gzip", bomb))
                                .limit(1_000_000)
                                .askedForJson()
                                .fails(Reason.TOO_LARGE),
                        plays("a deflate bomb", coded("deflate", deflate(new byte[10_000_000], false)))
                                .limit(1_000_000)
                                .fails(Reason.TOO_LARGE),
                        plays("gzip one byte above the limit", coded("gzip", Gzip.of(new byte[100_001])))
                                .limit(100_000)
                                .fails(Reason.TOO_LARGE))
                .map(one -> one.end(End.ANY));
    }

    private static Stream<ExchangeCase> closeDelimited() {
        byte[] gzip = Gzip.of(PLAIN);
        byte[] cut = Arrays.copyOf(gzip, gzip.length - 1);
        String text = "HTTP/1.1 200 OK|Content-Type: text/plain|Content-Encoding: gzip||";
        return Stream.of(
                plays(
                                "gzip that ends with the connection",
                                request -> request.send(text).send(gzip).fin())
                        .gives(TEXT)
                        .end(End.CLOSED),
                plays(
                                "gzip that ends with the connection too early",
                                request -> request.send(text).send(cut).fin())
                        .fails(Reason.PROTOCOL, Reason.BROKEN));
    }

    private static byte[] deflate(byte[] plain, boolean bare) {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, bare);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new DeflaterOutputStream(bytes, deflater)) {
            out.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    private static byte[] half(int which) {
        int middle = PLAIN.length / 2;
        return which == 0 ? Arrays.copyOf(PLAIN, middle) : Arrays.copyOfRange(PLAIN, middle, PLAIN.length);
    }

    private static byte[] together(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static Script coded(String coding, byte[] body) {
        return request -> request.send("HTTP/1.1 200 OK|Content-Type: application/json|Content-Encoding: " + coding
                        + "|Content-Length: " + body.length + "||")
                .send(body);
    }

    private static Script chunked(String coding, byte[] body) {
        return request -> request.send("HTTP/1.1 200 OK|Content-Type: application/json|Content-Encoding: " + coding
                        + "|Transfer-Encoding: chunked||" + Integer.toHexString(body.length) + "|")
                .send(body)
                .send("|0||");
    }
}
