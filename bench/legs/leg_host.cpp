#include <offhook/bench/legs/leg_plan.hpp>

#include <offhook/bench/legs/notes.hpp>
#include <offhook/bench/kernel_share.hpp>
#include <offhook/bench/legs/voice.hpp>
#include <offhook/bench/proc_usage.hpp>
#include <offhook/bench/thread_times.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/media/engine/recorder.hpp>
#include <offhook/media/engine/srtp_path.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>

namespace offhook::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kConferenceRate = 16000;
constexpr std::size_t kSpeakers = 3;         // number of speakers in a conference
constexpr std::string_view kWorkerName = "offhook-media";
const base::IpAddress kLoopback = base::IpAddress::v4({127, 0, 0, 1});

/// Takes the place of the conversations: reads the heard frames of all legs, and supplies speech for each leg.
class Conversations {
 public:
  explicit Conversations(const LegKind& kind) : voice_(voice_like(kind.port_rate_hz)) {}
  ~Conversations() { stop(); }
  Conversations(const Conversations&) = delete;
  Conversations& operator=(const Conversations&) = delete;

  std::shared_ptr<media::AudioPort> make_port(const LegPlan& plan) {
    const LegKind& kind = plan.kind;
    auto port = std::make_shared<media::AudioPort>();
    port->rate_hz = kind.port_rate_hz;
    port->gives_way = false;  // Otherwise the voice of the other side would pause this side.
    port->guards_echo = kind.guards_echo;
    if (kind.records) port->recording = record(plan.folder + "/legs.recorded/" + std::to_string(ports_.size()) + ".wav");
    ports_.push_back(port);
    said_.push_back(ports_.size() * port->frame_samples() * 7 % voice_.size());
    return port;
  }
  /// Starts the thread. If `speaks` is false, it only reads the heard frames.
  void start(bool speaks) {
    thread_ = std::thread([this, speaks] {
      for (; !stop_; std::this_thread::sleep_for(5ms)) {
        for (std::size_t i = 0; i < ports_.size(); ++i) {
          listen(*ports_[i]);
          if (speaks) speak(*ports_[i], said_[i]);
        }
      }
    });
  }
  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] std::uint64_t dropped() const {
    std::uint64_t sum = 0;
    for (const auto& port : ports_) sum += port->heard_dropped.load();
    for (const auto& port : ports_) sum += port->recording ? port->recording->dropped() : 0;
    return sum;
  }

 private:
  static constexpr std::size_t kAhead = 3;  // number of frames of our speech that are kept in the queue

  std::shared_ptr<media::RecordingTap> record(const std::string& path) {
    auto tap = recorder_.begin({.path = path, .shape = {.rate_hz = 8000}, .key = {}});
    if (!tap) throw std::runtime_error("the recorder refused the recording of a leg");
    return *tap;
  }
  void listen(media::AudioPort& port) {
    while (port.heard.try_pop(heard_)) {
    }
    media::MediaEvent event;
    while (port.events.try_pop(event)) {
    }
  }
  void speak(media::AudioPort& port, std::size_t& said) {
    while (port.playout.size() < kAhead) {
      saying_.utterance = 1;
      saying_.samples = static_cast<std::uint16_t>(port.frame_samples());
      if (said + saying_.samples > voice_.size()) said = 0;
      std::copy_n(voice_.begin() + static_cast<std::ptrdiff_t>(said), saying_.samples, saying_.pcm.begin());
      said += saying_.samples;
      if (!port.playout.try_push(saying_)) break;
    }
  }

  media::Recorder recorder_;
  std::vector<std::int16_t> voice_;
  std::vector<std::shared_ptr<media::AudioPort>> ports_;
  std::vector<std::size_t> said_;
  media::HeardFrame heard_;
  media::PlayoutFrame saying_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

void allow_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

pid_t worker_thread() {
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    if (name == kWorkerName) return std::stoi(task.path().filename().string());
  }
  throw std::runtime_error("the engine has no worker");
}

media::MediaPlan media_plan(const LegKind& kind, std::uint16_t remote_port) {
  media::MediaPlan plan;
  plan.codec = kind.codec;
  plan.send_payload_type = plan.receive_payload_type = kind.codec == media::AudioCodec::G722 ? 9 : 0;
  plan.remote_rtp = {kLoopback, remote_port};
  plan.remote_rtcp = {kLoopback, 9};  // The reports go to port 9, which no program reads.
  return plan;
}

struct Sums {
  std::int64_t received = 0, sent = 0, missed = 0;
};

Sums sums(const media::Engine& engine, const std::vector<media::OpenLeg>& legs) {
  Sums sum;
  for (const auto& leg : legs) {
    const auto of = engine.statistics(leg.id);
    if (!of) continue;
    sum.received += static_cast<std::int64_t>(of->packets_received);
    sum.sent += static_cast<std::int64_t>(of->packets_sent);
    sum.missed += static_cast<std::int64_t>(of->packets_lost + of->packets_late + of->packets_overflowed + of->frames_concealed + of->send_failed + of->path_refused +
                                            of->packets_unpassed);
  }
  return sum;
}

media::ConferenceId make_conference(media::Engine& engine, std::size_t members) {
  const auto made = engine.confer({.rate_hz = kConferenceRate, .max_members = members});
  if (!made) throw std::runtime_error(std::string(to_string(made.error())));
  return *made;
}

double p99_ms(const media::TickHistogram::Counts& before, media::TickHistogram::Counts after) {
  for (std::size_t i = 0; i < after.size(); ++i) after[i] -= before[i];
  return std::chrono::duration<double, std::milli>(media::TickHistogram::times_of(after).p99).count();
}

/// Returns the kernel's share of the processor time of the thread during the next two seconds.
std::optional<double> kernel_share_of(pid_t thread) {
  const KernelShare share(thread);
  std::this_thread::sleep_for(2s);
  return share.so_far();
}

media::EngineOptions engine_options(const LegPlan& plan) {
  media::EngineOptions options;
  options.workers = 1;
  options.first_port = 1024;
  options.last_port = 65535;
  options.cname = "bench";
  options.datagrams = plan.path;
  options.load_limit = 2;  // The engine itself then has no limit, so that the measurement can reach the real one.
  options.late_limit = 2;
  return options;
}

/// Returns the packet path of a leg with SRTP, which already has its keys. Returns null for a kind of leg without SRTP.
std::unique_ptr<media::PacketPath> path_of(const LegKind& kind) {
  if (!kind.srtp) return nullptr;
  auto order = std::make_unique<media::SrtpKeyOrder>();
  order->sender = order->receiver = 0;
  order->senders[0] = std::make_unique<rtp::SrtpSender>(*rtp::SrtpSender::make(srtp_key(*kind.srtp)));
  order->receivers[0] = std::make_unique<rtp::SrtpReceiver>(*rtp::SrtpReceiver::make(srtp_key(*kind.srtp)));
  const auto box = std::make_shared<media::SrtpKeyBox>();
  box->put(std::move(order));
  return std::make_unique<media::SrtpPath>(box);
}

std::vector<media::OpenLeg> open_legs(media::Engine& engine, Conversations& conversations, const LegPlan& plan) {
  const auto remote_ports = wait_for_note(plan, "load").at("ports").get<std::vector<std::uint16_t>>();
  media::ConferenceId conference;
  if (plan.kind.confers) conference = make_conference(engine, plan.legs);
  std::vector<media::OpenLeg> legs;
  for (std::size_t i = 0; i < plan.legs; ++i) {
    const bool second = plan.kind.relays && i % 2 == 1;
    const auto leg = engine.open(kLoopback, conversations.make_port(plan), second ? legs.back().id : media::LegId{}, path_of(plan.kind));
    if (!leg) throw std::runtime_error("leg " + std::to_string(i) + ": " + std::string(to_string(leg.error())));
    if (!engine.start(leg->id, media_plan(plan.kind, remote_ports[i % remote_ports.size()]))) throw std::runtime_error("the engine refused to start a leg");
    if (second && !engine.relay(legs.back().id, leg->id)) throw std::runtime_error("the engine refused to relay two legs");
    if (conference && !engine.join(leg->id, conference, i < kSpeakers ? 1 : 0)) throw std::runtime_error("the engine refused to join a leg to the conference");
    legs.push_back(*leg);
  }
  return legs;
}

/// Measures the host for the next `seconds` seconds.
nlohmann::json measure(const media::Engine& engine, const Conversations& conversations, const std::vector<media::OpenLeg>& legs, int seconds) {
  const auto before = sums(engine, legs);
  const auto ticks_before = engine.tick_counts();
  const auto dropped_before = conversations.dropped();
  const auto begin = base::Clock::now();
  const double worked_before = thread_times_ms(::getpid())[std::string(kWorkerName)];
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  const double worked = thread_times_ms(::getpid())[std::string(kWorkerName)] - worked_before;
  const double passed_ms = std::chrono::duration<double, std::milli>(base::Clock::now() - begin).count();
  const auto ticks_after = engine.tick_counts();
  const auto after = sums(engine, legs);
  // A packet that was not sent shows that a tick was left out. The statistics of a leg are up to one tick old. Therefore up to 2 % of
  // missing packets are ignored.
  const auto due = std::ssize(legs) * 50 * seconds, unsent = due - (after.sent - before.sent);
  const auto missed = after.missed - before.missed + static_cast<std::int64_t>(conversations.dropped() - dropped_before) +
                      (unsent > due / 50 ? unsent : 0);
  return {{"load", worked / passed_ms},
          {"late_p99_ms", p99_ms(ticks_before, ticks_after)},
          {"missed", missed},
          {"received", after.received - before.received},
          {"sent", after.sent - before.sent}};
}

}  // namespace

int host_legs(const LegPlan& plan) {
  pin(0, kOtherCore);
  allow_descriptors();
  media::Engine engine(engine_options(plan));
  if (engine.status().datagrams != plan.path) throw std::runtime_error(engine.status().refused);
  const pid_t worker = worker_thread();
  pin(worker, kWorkerCore);

  const std::string recorded = plan.folder + "/legs.recorded";
  std::filesystem::remove_all(recorded);
  std::filesystem::create_directories(recorded);
  Conversations conversations(plan.kind);
  const double idle_kb = usage_of(::getpid()).rss_kb;
  const auto legs = open_legs(engine, conversations, plan);
  if (!plan.kind.relays) conversations.start(!plan.kind.confers);
  std::vector<std::uint16_t> ports;
  for (const auto& leg : legs) ports.push_back(leg.rtp_port);
  leave_note(plan, "host", {{"ports", ports}});
  (void)wait_for_note(plan, "talking");
  std::this_thread::sleep_for(2s);  // In this time the jitter buffers reach their delay.

  auto figures = measure(engine, conversations, legs, plan.seconds);
  figures["kb_per_leg"] = (usage_of(::getpid()).rss_kb - idle_kb) / static_cast<double>(legs.size());
  if (const auto kernel_share = kernel_share_of(worker)) figures["kernel_share"] = *kernel_share;
  leave_note(plan, "figures", figures);
  conversations.stop();
  std::filesystem::remove_all(recorded);
  return 0;
}

}  // namespace offhook::bench
