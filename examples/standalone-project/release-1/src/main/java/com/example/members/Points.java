package com.example.members;

/** What a member can spend; the result of commands that change it. */
public record Points(long points) {}
