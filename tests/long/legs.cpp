// offhook_long_legs [--minutes N] [--legs N] [--every SECONDS] [--longest SECONDS] [--silero FOLDER] [--plot FILE.svg]
// The legs of one engine talk with each other over loopback in real time, in pairs. Each pair ends its call and begins a new one repeatedly. A call
// lasts 5 to 60 s. Each minute, the program records resident memory, descriptors and the lateness of ticks. If the run has N minutes and N is less
// than 60, a call lasts at most N seconds, and the program records every N seconds. The program fails if a value grew, if a leg could not be
// opened, or if a leg received no audio in a call of more than two seconds.
#include "samples.hpp"

#include <offhook/base/heap_trimmer.hpp>
#include <offhook/base/random.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/media/engine/silero_model.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace offhook;
using namespace std::chrono_literals;

const base::IpAddress kLoopback = base::IpAddress::v4({127, 0, 0, 1});

struct Options {
  double minutes = 60;
  std::size_t legs = 400;
  double every_s = 0, longest_s = 0;   ///< seconds between samples, and of the longest call; 0: as many seconds as the run has minutes, up to 60
  std::string silero, plot = "build/long-legs.svg";
};

class End {
 public:
  bool open(media::Engine& engine) {
    port_ = std::make_shared<media::AudioPort>();
    port_->gives_way = false;
    const auto opened = engine.open(kLoopback, port_);
    if (!opened) return false;
    leg_ = *opened;
    return true;
  }
  void start(media::Engine& engine, const End& other) const {
    media::MediaPlan plan;
    plan.remote_rtp = {kLoopback, other.leg_.rtp_port};
    plan.remote_rtcp = {kLoopback, static_cast<std::uint16_t>(other.leg_.rtp_port + 1)};
    static_cast<void>(engine.start(leg_.id, plan));
  }
  /// Closes the leg, frees its resources, and returns the number of packets that the leg received.
  std::uint64_t close(media::Engine& engine) {
    const auto all = engine.statistics(leg_.id);
    static_cast<void>(engine.close(leg_.id));
    return all ? all->packets_received : 0;
  }
  void talk(std::uint32_t& noise) {
    while (port_->playout.size() < 3) {
      media::PlayoutFrame frame;
      frame.utterance = 1;
      frame.samples = static_cast<std::uint16_t>(port_->frame_samples());
      for (std::size_t i = 0; i < frame.samples; ++i) {
        noise = noise * 1664525 + 1013904223;
        frame.pcm[i] = static_cast<std::int16_t>(static_cast<std::int32_t>(noise) >> 19);
      }
      if (!port_->playout.try_push(frame)) break;
    }
    media::HeardFrame heard;
    while (port_->heard.try_pop(heard)) {
    }
    media::MediaEvent event;
    while (port_->events.try_pop(event)) {
    }
  }

 private:
  std::shared_ptr<media::AudioPort> port_;
  media::OpenLeg leg_;
};

/// Two legs that talk with each other in one call after another.
struct Pair {
  End a, b;
  base::TimePoint begun, until;
  bool open = false;
};

class Hour {
 public:
  explicit Hour(const Options& options) : options_(options), engine_(engine_options(options)), pairs_(options.legs / 2) {}

  void live() {
    const auto begin = base::Clock::now(), end = begin + of_seconds(options_.minutes * 60);
    auto sample_at = begin + of_seconds(options_.every_s);
    auto ticks = engine_.tick_counts();
    for (auto next = begin; next < end; next += 20ms) {
      std::this_thread::sleep_until(next);
      for (Pair& pair : pairs_) serve(pair, base::Clock::now());
      if (base::Clock::now() < sample_at) continue;
      sample_at += of_seconds(options_.every_s);
      sample(base::Clock::now() - begin, ticks);
    }
    for (Pair& pair : pairs_) hang_up(pair);
  }

  [[nodiscard]] std::string wrong() const {
    std::string wrong = offhook_test::growth_of(samples_);
    const auto add = [&](const std::string& what) { wrong += (wrong.empty() ? "" : "; ") + what; };
    if (refused_ != 0) add(std::to_string(refused_) + " legs could not be opened");
    if (deaf_ != 0) add(std::to_string(deaf_) + " calls in which a leg received no packet");
    return wrong;
  }
  void print() const {
    const auto status = engine_.status();
    std::printf("%zu legs, %.1f minutes, %llu calls, datagrams by %s, voice %s (%llu chunks), %llu phases left out\n", options_.legs,
                options_.minutes, static_cast<unsigned long long>(calls_), std::string(media::to_string(status.datagrams)).c_str(),
                status.voice_model ? "silero" : "spectral", static_cast<unsigned long long>(status.voice_chunks),
                static_cast<unsigned long long>(status.phases_left_out));
    std::ofstream(options_.plot) << offhook_test::to_svg(samples_, std::to_string(options_.legs) + " legs that open and close, in real time");
  }

 private:
  static base::Duration of_seconds(double seconds) {
    return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
  }
  static media::EngineOptions engine_options(const Options& options) {
    media::EngineOptions made;
    made.workers = 1;
    made.first_port = 20000;
    made.last_port = 59999;
    made.load_limit = 2;  // Other load of this machine must not limit the number of legs.
    if (options.silero.empty()) return made;
    auto model = media::open_silero(options.silero);
    if (!model) {
      std::fprintf(stderr, "offhook_long_legs: %s (./dev silero installs it)\n", model.error().c_str());
      std::exit(2);
    }
    made.voice_model = *model;
    return made;
  }
  void serve(Pair& pair, base::TimePoint now) {
    if (pair.open && now >= pair.until) hang_up(pair);
    if (!pair.open) call(pair, now);
    if (!pair.open) return;
    pair.a.talk(noise_);
    pair.b.talk(noise_);
  }
  void call(Pair& pair, base::TimePoint now) {
    pair.open = pair.a.open(engine_) && pair.b.open(engine_);
    if (!pair.open) {
      ++refused_;
      return;
    }
    pair.a.start(engine_, pair.b);
    pair.b.start(engine_, pair.a);
    pair.begun = now;
    pair.until = now + of_seconds(options_.longest_s * (1 + 11 * static_cast<double>(random_.below(1000)) / 1000) / 12);
    ++calls_;
  }
  void hang_up(Pair& pair) {
    if (!pair.open) return;
    pair.open = false;
    const auto heard = std::min(pair.a.close(engine_), pair.b.close(engine_));
    deaf_ += base::Clock::now() - pair.begun > 2s && heard == 0;
  }
  void sample(base::Duration since, media::TickHistogram::Counts& before) {
    const auto now = engine_.tick_counts();
    auto passed = now;
    for (std::size_t i = 0; i < passed.size(); ++i) passed[i] -= before[i];
    before = now;
    const std::chrono::duration<double, std::ratio<60>> minutes = since;
    const std::chrono::duration<double, std::milli> late = media::TickHistogram::times_of(passed).p99;
    samples_.push_back({minutes.count(), offhook_test::resident_kb(), static_cast<double>(offhook_test::open_descriptors()), late.count()});
    const auto& last = samples_.back();
    std::fprintf(stderr, "%6.1f min  %9.0f kB  %6.0f descriptors  p99 %.3f ms\n", last.minutes, last.memory_kb, last.descriptors, last.late_p99_ms);
  }

  Options options_;
  media::Engine engine_;
  std::vector<Pair> pairs_;
  base::SeededRandom random_{1};
  std::uint32_t noise_ = 1;
  std::uint64_t calls_ = 0, refused_ = 0, deaf_ = 0;
  std::vector<offhook_test::Sample> samples_;
};

std::optional<Options> parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 == argc) return std::nullopt;
    const char* const value = argv[i + 1];
    if (name == "--minutes") options.minutes = std::strtod(value, nullptr);
    else if (name == "--legs") options.legs = std::strtoull(value, nullptr, 10);
    else if (name == "--every") options.every_s = std::strtod(value, nullptr);
    else if (name == "--longest") options.longest_s = std::strtod(value, nullptr);
    else if (name == "--silero") options.silero = value;
    else if (name == "--plot") options.plot = value;
    else return std::nullopt;
  }
  if (options.every_s == 0) options.every_s = std::min(options.minutes, 60.0);
  if (options.longest_s == 0) options.longest_s = std::min(options.minutes, 60.0);
  if (options.minutes <= 0 || options.legs < 2 || options.every_s <= 0 || options.longest_s <= 0) return std::nullopt;
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse(argc, argv);
  if (!options) {
    std::fprintf(stderr, "offhook_long_legs [--minutes N] [--legs N] [--every SECONDS] [--longest SECONDS] [--silero FOLDER] [--plot FILE.svg]\n");
    return 2;
  }
  base::keep_large_blocks_apart();  // `offhook run` does the same.
  Hour hour(*options);
  hour.live();
  hour.print();
  const auto wrong = hour.wrong();
  std::printf("%s\n", wrong.empty() ? "PASS flat" : ("FAIL " + wrong).c_str());
  return wrong.empty() ? 0 : 1;
}
