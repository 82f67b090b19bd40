#!/usr/bin/env python3
"""A model by script, on loopback: model_server.py SCRIPT [REQUEST_LOG]

Speaks as much of the Anthropic Messages API as Claude Code needs (streamed and whole answers), so that tests can drive
the real program without a network and without a model. Prints its address on one line, then serves until it is ended
or the process that started it is gone.

SCRIPT is JSON: {"key": "…" (optional: another x-api-key is refused with 401),
"rules": [{"when": "a part of the prompt", "steps": [STEP, …]}, …]}. The rule is the first whose `when` stands in the last prompt
of the conversation; the step is the number of answers given to that prompt. The last step is repeated for ever.

STEP is {"text": "…"}, {"tool": "Read", "input": {…}}, {"status": 529, "type": "overloaded_error"}, {"hang": true}
(an answer that never comes) or {"stall": true} (one that begins and never goes on). "{cwd}" in a step is the agent's working directory.
REQUEST_LOG gets one JSON line for each request: rule, step, number of messages, the prompt, what was refused.
"""
import http.server
import json
import os
import re
import socketserver
import sys
import threading
import time

MODEL = "claude-scripted-1"


def blocks_of(message):
    content = message.get("content", "")
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def words_of(message):
    """What a person wrote in a message: no answers of tools, nothing that the program itself adds."""
    texts = [b.get("text", "") for b in blocks_of(message) if b.get("type") == "text"]
    return "\n".join(t for t in texts if not t.lstrip().startswith("<system-reminder>"))


def last_prompt(messages):
    """(prompt, number of answers since): the place in the script."""
    for i in range(len(messages) - 1, -1, -1):
        if messages[i].get("role") == "user" and words_of(messages[i]).strip():
            return words_of(messages[i]), sum(m.get("role") == "assistant" for m in messages[i + 1 :])
    return "", 0


def directory_of(body):
    system = body.get("system", "")
    text = system if isinstance(system, str) else "\n".join(b.get("text", "") for b in system)
    # Newer versions tell it in a message, older ones in the system prompt.
    text += "\n".join(b.get("text", "") for m in body.get("messages", []) for b in blocks_of(m) if b.get("type") == "text")
    found = re.search(r"[Ww]orking directory: (\S+)", text)
    return found.group(1) if found else "."


def filled(value, directory):
    if isinstance(value, str):
        return value.replace("{cwd}", directory)
    if isinstance(value, dict):
        return {k: filled(v, directory) for k, v in value.items()}
    return [filled(v, directory) for v in value] if isinstance(value, list) else value


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, status, kind, text):
        self.answer(status, {"type": "error", "error": {"type": kind, "message": text}})

    def do_HEAD(self):
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def do_GET(self):
        self.refuse(404, "not_found_error", "nothing here")

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        path = self.path.split("?")[0]
        if path.endswith("/count_tokens"):
            return self.answer(200, {"input_tokens": 100})
        if not path.endswith("/messages"):
            return self.refuse(404, "not_found_error", path)
        script = self.server.script
        prompt, step = last_prompt(body.get("messages", []))
        rule = next((r for r in script["rules"] if r.get("when", "") in prompt), None)
        note = {"rule": rule and rule.get("when", ""), "step": step, "messages": len(body.get("messages", [])), "prompt": prompt}
        if "key" in script and self.headers.get("x-api-key") != script["key"]:
            self.server.note({**note, "refused": 401})
            return self.refuse(401, "authentication_error", "invalid x-api-key")
        if rule is None:
            self.server.note({**note, "refused": 400})
            return self.refuse(400, "invalid_request_error", "the script has no rule for this prompt")
        steps = rule["steps"]
        what = filled(steps[min(step, len(steps) - 1)], directory_of(body))
        self.server.note(note)
        if "status" in what:
            return self.refuse(what["status"], what.get("type", "api_error"), what.get("message", "by script"))
        if what.get("hang"):
            return self.server.ended.wait()
        number = self.server.next_number()
        block = {"type": "text", "text": what.get("text", "")}
        if "tool" in what:
            block = {"type": "tool_use", "id": "toolu_%06d" % number, "name": what["tool"], "input": what["input"]}
        usage = {"input_tokens": 100, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 20}
        message = {"id": "msg_%06d" % number, "type": "message", "role": "assistant", "model": MODEL, "content": [block],
                   "stop_reason": "tool_use" if "tool" in what else "end_turn", "stop_sequence": None, "usage": usage}
        if body.get("stream"):
            return self.stream(message, block, bool(what.get("stall")))
        self.answer(200, message)

    def event(self, kind, **fields):
        data = ("event: %s\ndata: %s\n\n" % (kind, json.dumps({"type": kind, **fields}))).encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def stream(self, message, block, stall):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        begin = {**message, "content": [], "stop_reason": None}
        empty = {**block, "input": {}} if block["type"] == "tool_use" else {**block, "text": ""}
        delta = ({"type": "input_json_delta", "partial_json": json.dumps(block["input"])} if block["type"] == "tool_use"
                 else {"type": "text_delta", "text": block["text"]})
        self.event("message_start", message=begin)
        self.event("content_block_start", index=0, content_block=empty)
        if stall:
            return self.server.ended.wait()
        self.event("content_block_delta", index=0, delta=delta)
        self.event("content_block_stop", index=0)
        self.event("message_delta", delta={"stop_reason": message["stop_reason"], "stop_sequence": None},
                   usage={"output_tokens": message["usage"]["output_tokens"]})
        self.event("message_stop")
        self.wfile.write(b"0\r\n\r\n")


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, script, log):
        super().__init__(("127.0.0.1", 0), Handler)
        self.script, self.log = script, log
        self.guard, self.number, self.ended = threading.Lock(), 0, threading.Event()

    def handle_error(self, *_):  # a client that was killed
        pass

    def next_number(self):
        with self.guard:
            self.number += 1
            # Unlike those of an earlier server, whose answers may stand in a conversation that goes on.
            return int(time.time() * 1000) * 1000 + self.number

    def note(self, what):
        with self.guard:
            if self.log:
                self.log.write(json.dumps(what) + "\n")
                self.log.flush()


def main(script, log=None):
    with open(script, encoding="utf-8") as file:
        server = Server(json.load(file), open(log, "a", encoding="utf-8") if log else None)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("http://127.0.0.1:%d" % server.server_address[1], flush=True)
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.2)
    server.ended.set()


if __name__ == "__main__":
    main(*sys.argv[1:])
