package dev.fetchonce.benchmarks.origin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A running origin: the URLs of its documents, and its controls. Each control request has a connection of its own, and
 * does not use a client that is measured.
 *
 * @param port its port on loopback
 */
public record OriginAt(int port) {
    /**
     * Returns the URL of a document.
     *
     * @param kind the way in which it is answered
     * @param bytes its length
     * @param id its number
     * @param maxAge the freshness lifetime in its response, in seconds
     */
    public String url(Kind kind, int bytes, int id, int maxAge) {
        return "http://127.0.0.1:" + port + "/" + kind.word() + "/" + bytes + "/" + id + "?max-age=" + maxAge;
    }

    /** Returns the counts of the origin. */
    public Counts counts() throws IOException {
        String said = tell("counts");
        return Counts.of(said.substring(said.indexOf(' ') + 1));
    }

    /** Sets the counts to zero. */
    public void reset() throws IOException {
        tell("reset");
    }

    /** Makes the origin hold requests of the kind {@code HELD}. */
    public void hold() throws IOException {
        tell("hold");
    }

    /**
     * Makes the origin answer the held requests. Returns the time of the release by {@link System#nanoTime()}, which
     * all processes of a machine share on Linux.
     */
    public long release() throws IOException {
        String said = tell("release");
        return Long.parseLong(said.substring(0, said.indexOf(' ')));
    }

    /** Changes the mood of the origin. */
    public void mood(Mood mood) throws IOException {
        tell(mood.name());
    }

    private String tell(String word) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write(("GET /control/" + word + " HTTP/1.1\r\nHost: origin\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }
}
