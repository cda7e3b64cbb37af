// Floods a stack that has calls: 1,000 INVITEs without credentials and 5,000 datagrams of garbage per second, from 100 addresses of this machine.
// A trusted peer sends OPTIONS at the same time and measures the response times. Prints the results. Fails if a call ended early, if an OPTIONS of
// the trusted peer got no answer, or (with --strict) if a limit of time or memory was exceeded.
#include "messages.hpp"
#include "target.hpp"
#include "udp_peer.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace offhook::flood;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kCalls = 50, kSources = 100, kInvitesPerSecond = 1000, kGarbagePerSecond = 5000;
constexpr double kMarkMs = 100, kMarkMemory = 1.05;

struct Options {
  int seconds = 60, after = 60;
  int warm = 6;  ///< seconds of flood before the measurement, which fill the pools, so that these do not count as growth; 0: no such flood
  bool strict = false;
};

struct Flooded {
  std::size_t invites = 0, garbage = 0, octets_in = 0, octets_out = 0, answers = 0;
};

/// Sends the request every T1 until its final response arrives, and returns this response. Returns "" after 32 s without a final response. The
/// repetition is necessary because a datagram may be lost in a burst [RFC 3261 section 17.1.2.2].
std::string answer_to(UdpPeer& peer, const std::string& text, const std::string& call_id, const std::string& cseq) {
  for (int repeat = 0; repeat < 64; ++repeat) {
    peer.send(text);
    const auto next = Clock::now() + 500ms;
    for (auto left = 500ms; left > 0ms; left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now())) {
      const std::string got = peer.receive(static_cast<int>(left.count()));
      const bool ours = got.find("\r\nCall-ID: " + call_id + "\r\n") != std::string::npos &&
                        got.find("\r\nCSeq: " + cseq + "\r\n") != std::string::npos;
      if (ours && !got.starts_with("SIP/2.0 1")) return got;
    }
  }
  return {};
}

/// Sets up the calls, and returns the tags of those that succeeded.
std::vector<std::string> set_up(UdpPeer& peer) {
  std::vector<std::string> tags;
  for (int i = 0; i < kCalls; ++i) {
    const std::string id = "call" + std::to_string(i);
    const std::string answer = answer_to(peer, request("INVITE", id, 1, "", "i"), id, "1 INVITE");
    if (!answer.starts_with("SIP/2.0 200")) break;
    tags.push_back(to_tag(answer));
    peer.send(request("ACK", id, 1, tags.back(), "a"));
  }
  return tags;
}

/// Sends a request with `method` in each call, and returns how many calls answer it with 200.
std::size_t still_up(UdpPeer& peer, const std::vector<std::string>& tags, const std::string& method, int cseq) {
  std::size_t up = 0;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const std::string id = "call" + std::to_string(i);
    const std::string answer = answer_to(peer, request(method, id, cseq, tags[i], method), id, std::to_string(cseq) + " " + method);
    up += answer.starts_with("SIP/2.0 200") ? 1U : 0U;
  }
  return up;
}

Flooded flood(std::uint16_t port, int seconds) {
  std::vector<UdpPeer> sources;
  for (int i = 0; i < kSources; ++i) sources.emplace_back("127.0.0." + std::to_string(i + 101), port);
  Flooded seen;
  const auto begin = Clock::now();
  for (int turn = 0; turn < seconds * 1000; ++turn) {  // Each millisecond sends one INVITE and five datagrams of garbage.
    std::this_thread::sleep_until(begin + turn * 1ms);
    for (int i = 0; i < (kInvitesPerSecond + kGarbagePerSecond) / 1000; ++i) {
      UdpPeer& source = sources[static_cast<std::size_t>(turn * 7 + i * 17) % kSources];
      std::string text;
      if (i < kInvitesPerSecond / 1000) {
        text = request("INVITE", "flood" + std::to_string(turn), 1, "", "x");
        ++seen.invites;
      } else {
        text = std::string("\x80\x00garbage ") + std::string(static_cast<std::size_t>(turn % 200), static_cast<char>(turn)) + "\r\n\r\n";
        ++seen.garbage;
      }
      if (source.send(text)) seen.octets_in += text.size();
    }
    UdpPeer& read = sources[static_cast<std::size_t>(turn) % kSources];
    for (std::string got = read.receive(0); !got.empty(); got = read.receive(0)) {
      seen.octets_out += got.size();
      ++seen.answers;
    }
  }
  for (UdpPeer& source : sources) {
    for (std::string got = source.receive(0); !got.empty(); got = source.receive(0)) seen.octets_out += got.size(), ++seen.answers;
  }
  return seen;
}

/// Sends OPTIONS as the trusted peer until `done`, with pauses of 10 ms. Returns their round-trip times in ms, and 1e9 for each without a 200.
std::vector<double> probe(std::uint16_t port, const std::atomic<bool>& done) {
  UdpPeer peer("127.0.0.1", port);
  std::vector<double> times;
  for (int i = 0; !done; ++i) {
    const std::string id = "probe" + std::to_string(i);
    const auto sent = Clock::now();
    const std::string answer = answer_to(peer, request("OPTIONS", id, 1, "", "o"), id, "1 OPTIONS");
    const double ms = std::chrono::duration<double, std::milli>(Clock::now() - sent).count();
    times.push_back(answer.starts_with("SIP/2.0 200") ? ms : 1e9);
    std::this_thread::sleep_for(10ms);  // the pace of the probes
  }
  return times;
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 1e9;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

int run(const Options& options) {
  const Target target;
  if (target.port() == 0) return std::puts("flood: the target did not start"), 1;
  UdpPeer caller("127.0.0.1", target.port());
  if (options.warm > 0) {
    (void)flood(target.port(), options.warm);
    std::this_thread::sleep_for(40s);  // This is longer than 64 * T1, so that all transactions have ended.
  }
  const auto tags = set_up(caller);
  if (!target.tells_anew()) return std::puts("flood: the target does not report how much memory it holds"), 1;
  const std::size_t held_before = target.held_kb(), before_kb = target.resident_kb();
  const double cpu_before = target.cpu_seconds();
  std::atomic<bool> done{false};
  std::vector<double> times;
  std::thread prober([&] { times = probe(target.port(), done); });
  const Flooded seen = flood(target.port(), options.seconds);
  done = true;
  prober.join();
  const double cpu = target.cpu_seconds() - cpu_before;
  const std::size_t held_peak = target.held_kb(), peak_kb = target.resident_kb(), up = still_up(caller, tags, "OPTIONS", 2);
  std::this_thread::sleep_for(std::chrono::seconds(options.after));
  const std::size_t held_after = target.held_kb(), after_kb = target.resident_kb(), ended = still_up(caller, tags, "BYE", 3);
  const auto lost = std::count_if(times.begin(), times.end(), [](double ms) { return ms >= 1e9; });
  const auto growth = [](std::size_t before, std::size_t after) { return static_cast<double>(after) / static_cast<double>(std::max<std::size_t>(before, 1)); };
  const double p99 = percentile(times, 0.99), held = growth(held_before, held_after), pages = growth(before_kb, after_kb);
  std::printf("flood: %zu INVITEs and %zu garbage datagrams in %d s, %zu octets; %zu answers, %zu octets (%.3f of the sent ones)\n", seen.invites,
              seen.garbage, options.seconds, seen.octets_in, seen.answers, seen.octets_out,
              static_cast<double>(seen.octets_out) / static_cast<double>(std::max<std::size_t>(seen.octets_in, 1)));
  std::printf("flood: calls: %zu before, %zu after it, %zu ended with 200; trusted OPTIONS %zu, unanswered %td, p50 %.2f ms, p99 %.2f ms\n",
              tags.size(), up, ended, times.size(), lost, percentile(times, 0.5), p99);
  std::printf("flood: heap memory: %zu kB before, %zu kB at its end, %zu kB %d s later (x %.3f); processor time %.2f s\n", held_before, held_peak,
              held_after, options.after, held, cpu);
  std::printf("flood: resident memory: %zu kB before, %zu kB at its end, %zu kB later (x %.3f)\n", before_kb, peak_kb, after_kb, pages);
  const bool whole = target.is_alive() && tags.size() == kCalls && up == kCalls && ended == kCalls && lost == 0 && !times.empty();
  const bool marks = p99 <= kMarkMs && held <= kMarkMemory && pages <= kMarkMemory && seen.octets_out <= seen.octets_in;
  if (!whole) std::puts("flood: FAILED: a call ended early, or the trusted peer got no answer");
  if (!marks) std::printf("flood: a limit was exceeded: p99 <= %.0f ms, memory <= x %.2f, no more octets out than in\n", kMarkMs, kMarkMemory);
  return whole && (marks || !options.strict) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--strict") options.strict = true;
    else if (word == "--seconds" && i + 1 < argc) options.seconds = std::atoi(argv[++i]);
    else if (word == "--after" && i + 1 < argc) options.after = std::atoi(argv[++i]);
    else if (word == "--warm" && i + 1 < argc) options.warm = std::atoi(argv[++i]);
    else return std::puts("usage: offhook_flood [--seconds 60] [--after 60] [--warm 6] [--strict]"), 2;
  }
  return run(options);
}
