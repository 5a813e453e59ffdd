package dev.fetchonce.internal.flight;

/** A check for room on the current thread's stack, before steps that an overflow must not interrupt. */
final class StackHeadroom {
    /** Several times the number of frames that a leader needs until another thread has its flight. */
    private static final int FRAMES = 512;

    private StackHeadroom() {}

    /**
     * Requires room for {@value #FRAMES} frames.
     *
     * @throws StackOverflowError when the stack has no such room; at this point the caller has nothing to undo
     */
    static void require() {
        if (depth(FRAMES) != FRAMES) {
            throw new IllegalStateException("the recursion returned a wrong depth");
        }
    }

    private static int depth(int frames) {
        return frames == 0 ? 0 : 1 + depth(frames - 1);
    }
}
