package dev.fetchonce.benchmarks.soak;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;

/** One connection to an origin. The origin reads requests from it, and answers well or badly. Used by one thread. */
final class Connection {
    private static final int PIECES = 8;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** Begins on a connection that the origin has accepted and will close. */
    Connection(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /** Reports whether this side has ended the connection. */
    boolean ended() {
        return socket.isClosed();
    }

    /**
     * Returns the next request.
     *
     * @throws IOException when the connection breaks, or ends between two requests
     */
    Request next() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int lineBreaks = 0; lineBreaks < 4; ) { // CR LF CR LF
            int each = in.read();
            if (each < 0) {
                throw new EOFException("the client has gone");
            }
            bytes.write(each);
            lineBreaks = each == '\r' || each == '\n' ? lineBreaks + 1 : 0;
        }
        return Request.of(bytes.toString(StandardCharsets.ISO_8859_1));
    }

    /** Sends an answer. */
    void send(Reply reply) throws IOException {
        out.write(reply.bytes());
        end(reply);
    }

    /** Sends nothing until the client gives up. */
    void hang() throws IOException {
        while (in.read() >= 0) {
            // the client sends nothing more
        }
        socket.close();
    }

    /**
     * Sends an answer in pieces.
     *
     * @param millis the pauses between them, in milliseconds
     */
    void drip(Reply reply, IntSupplier millis) throws IOException, InterruptedException {
        byte[] bytes = reply.bytes();
        for (int piece = 0; piece < PIECES; piece++) {
            int from = bytes.length * piece / PIECES;
            out.write(bytes, from, bytes.length * (piece + 1) / PIECES - from);
            Thread.sleep(millis.getAsInt());
        }
        end(reply);
    }

    /** Sends the first bytes of an answer. */
    void sendPart(Reply reply, int bytes) throws IOException {
        out.write(reply.bytes(), 0, bytes);
    }

    /** Ends the connection with FIN. */
    void close() throws IOException {
        socket.close();
    }

    /** Ends the connection with RST. */
    void reset() {
        Listener.reset(socket);
    }

    private void end(Reply reply) throws IOException {
        if (reply.after() == Reply.After.ENDS) {
            socket.close();
        }
    }
}
