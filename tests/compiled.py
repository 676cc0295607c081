"""What every application of the page compiles alike is compiled once in a process: its routes and its templates.

A test makes an application of its own, so that nothing of it is left for the next one; without this, two thirds of the
time of the page's tests were 400 routes and the same templates compiled anew. Templates lie in a folder of the run as
well: what one worker has compiled, another one and the page of a station that was forked take from there. Nothing of it
reaches the product.
"""

import os
from contextlib import suppress

from flask import Flask
from jinja2.bccache import Bucket, FileSystemBytecodeCache
from werkzeug.routing import Rule

__all__ = ["FOLDER", "keep_compiled"]

FOLDER = "LOA_TESTS_COMPILED"
"""Names the folder of a run, in the environment of its workers and of the servers that they begin."""


class Templates(FileSystemBytecodeCache):
    """Compiled templates. A template in English is another one than in Vietnamese."""

    def __init__(self):
        self.directory, self.pattern, self.codes = os.environ.get(FOLDER, ""), "%s", {}

    def get_bucket(self, environment, name, filename, source):
        key = self.get_cache_key(f"{name}|{sorted(environment.extensions)}", filename)
        bucket = Bucket(environment, key, self.get_source_checksum(source))
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket):
        checksum, code = self.codes.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code
        elif self.directory:
            with suppress(OSError):  # of a station that may open no file any more
                super().load_bytecode(bucket)
            self.codes[bucket.key] = (bucket.checksum, bucket.code)

    def dump_bytecode(self, bucket):
        self.codes[bucket.key] = (bucket.checksum, bucket.code)
        if self.directory:
            with suppress(OSError):
                super().dump_bytecode(bucket)


class Routes:
    """What werkzeug has made of each rule."""

    def __init__(self, usual):
        self.usual, self.made = usual, {}

    def compile(self, rule):
        key = (rule.rule, repr(rule.defaults), rule.host, rule.subdomain, rule.merge_slashes)
        if key not in self.made:
            self.usual(rule)
            ways = rule._build.__func__, rule._build_unknown.__func__
            self.made[key] = rule._parts, rule._trace, rule._converters, frozenset(rule.arguments), *ways
        rule._parts, rule._trace, rule._converters, arguments, build, build_unknown = self.made[key]
        rule.arguments = set(arguments)
        rule._build, rule._build_unknown = build.__get__(rule, None), build_unknown.__get__(rule, None)


def keep_compiled(patch):
    """`patch`: a MonkeyPatch, for as long as the tests run."""
    templates, routes, usual = Templates(), Routes(Rule.compile), Flask.create_jinja_environment

    def environment(app):
        made = usual(app)
        made.bytecode_cache = templates
        return made

    def compiled(rule):
        routes.compile(rule)

    patch.setattr(Flask, "create_jinja_environment", environment)
    patch.setattr(Rule, "compile", compiled)
