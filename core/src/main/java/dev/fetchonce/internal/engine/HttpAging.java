package dev.fetchonce.internal.engine;

/** Stand-in. */
final class HttpAging {}
