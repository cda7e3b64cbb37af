#include <offhook/agent/demo/demo.hpp>

#include <offhook/agent/demo/child_process.hpp>
#include <offhook/agent/demo/free_port.hpp>
#include <offhook/agent/demo/prepare_lines.hpp>
#include <offhook/agent/demo/transcript_watch.hpp>
#include <offhook/agent/demo/wav_files.hpp>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

namespace offhook::inline v0::agent::demo {

namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr std::string_view kHost = "127.0.0.1";
constexpr auto kPoll = milliseconds(5);

base::Error demo_error(std::string detail) { return {"demo", 1, std::move(detail)}; }

base::Result<ChildProcess, base::Error> start_registrar(const DemoOptions& options, std::uint16_t port) {
  const std::string work = fs::absolute(options.directory).string();
  return ChildProcess::start({options.kamailio, "-f", options.registrar_config, "-l", "udp:" + std::string(kHost) + ":" + std::to_string(port), "-DD", "-E",
                              "-P", work + "/kamailio.pid", "-w", work, "-Y", work, "-m", "32", "-M", "4"},
                             work + "/kamailio.log");
}

sip::AccountOptions account(const std::string& extension, std::uint16_t port) {
  const std::string host = std::string(kHost) + ":" + std::to_string(port);
  sip::AccountOptions options;
  options.address_of_record = "sip:" + extension + "@" + host;
  options.registrar = "sip:" + host;
  options.username = extension;
  options.password = "secret-" + extension;  // as in share/demo/kamailio.cfg
  options.expires = std::chrono::seconds(60);
  return options;
}

phone::EndpointOptions loopback_phone(std::uint32_t number) {
  phone::EndpointOptions options;
  options.sip.bind = *base::IpAddress::parse(kHost);
  options.stack.number = number;
  return options;
}

template <class Condition>
bool wait_for(Condition condition, base::Duration limit) {
  const auto end = base::Clock::now() + limit;
  while (!condition()) {
    if (base::Clock::now() > end) return false;
    std::this_thread::sleep_for(kPoll);
  }
  return true;
}

/// The second telephone. It has its own endpoint and engine, so that only SIP and RTP connect it with the agent.
class CallerPhone {
 public:
  explicit CallerPhone(std::vector<Line> lines) : caller_(std::move(lines), port_) {}
  ~CallerPhone() { endpoint_.reset(); }

  base::Result<void, base::Error> open(std::uint16_t registrar_port) {
    auto endpoint = phone::Endpoint::open(loopback_phone(2), engine_, [this](const phone::PhoneEvent& event) { on_event(event); });
    if (!endpoint) return base::fail(endpoint.error());
    endpoint_ = std::move(*endpoint);
    endpoint_->post([this, registrar_port] {
      if (const auto added = endpoint_->add_account(account("1001", registrar_port))) account_ = *added;
    });
    return {};
  }
  bool registered() const { return registered_; }
  ScriptedCaller& script() { return caller_; }

  void dial(const std::string& target) {
    endpoint_->post([this, target] {
      auto call = endpoint_->dial({account_, target, {}, true}, port_);
      if (call) call_ = *call; else ended_ = true;
    });
  }
  void hang_up() {
    endpoint_->post([this] {
      if (call_) (void)call_->hang_up();
    });
  }
  void unregister() {
    endpoint_->post([this] { (void)account_.unregister(); });
    (void)wait_for([this] { return !registered_; }, std::chrono::seconds(2));
  }
  /// Passes events of the signalling thread to the script. Call it on the thread that uses script().
  void poll() {
    if (connected_.exchange(false)) caller_.on_connected();
    caller_.poll();
    if (ended_ && !caller_.ended()) caller_.on_ended(ended_by_peer_ ? "agent" : "caller");
  }

 private:
  void on_event(const phone::PhoneEvent& event) {
    if (const auto* e = std::get_if<phone::RegistrationChanged>(&event)) registered_ = e->details.state == sip::RegistrationChanged::State::Registered;
    if (std::holds_alternative<phone::CallConnected>(event)) connected_ = true;
    if (const auto* e = std::get_if<phone::CallFinished>(&event)) {
      ended_by_peer_ = e->details.by == sip::CallEnded::By::Remote;
      ended_ = true;
    }
  }

  std::shared_ptr<media::AudioPort> port_ = std::make_shared<media::AudioPort>();
  ScriptedCaller caller_;
  media::Engine engine_{{1, 16384, 32767, std::chrono::seconds(10), {}}};
  std::unique_ptr<phone::Endpoint> endpoint_;
  phone::Account account_;
  phone::CallPtr call_;
  std::atomic<bool> registered_{false}, connected_{false}, ended_{false}, ended_by_peer_{false};
};

AgentOptions agent_options(const DemoOptions& options, std::uint16_t registrar_port) {
  AgentOptions agent;
  agent.phone = loopback_phone(1);
  agent.media.workers = 1;
  agent.account = account("6001", registrar_port);
  agent.embedded.dialogue_path = options.dialogue_path;
  return agent;
}

void hold_call(CallerPhone& caller, const DemoOptions& options, std::uint16_t port) {
  caller.dial("sip:6001@" + std::string(kHost) + ":" + std::to_string(port));
  const auto end = base::Clock::now() + options.limit;
  bool hung_up = false;
  while (!caller.script().ended() && base::Clock::now() < end) {
    caller.poll();
    if (caller.script().done() && !hung_up && base::Clock::now() + std::chrono::seconds(5) > end) {
      hung_up = true;
      caller.hang_up();
    }
    std::this_thread::sleep_for(kPoll);
  }
  if (!caller.script().ended()) caller.script().on_ended("limit");
}

}  // namespace

bool DemoResult::succeeded() const {
  return registered && !turns.empty() && greeting_ms > 0 && ended_by == "agent" &&
         std::all_of(turns.begin(), turns.end(), [](const DemoTurn& turn) { return !turn.heard.empty() && !turn.intent.empty() && turn.response_ms; });
}

base::Result<DemoResult, base::Error> run_demo(const DemoOptions& options, const Show& show) {
  std::error_code error;
  fs::create_directories(options.directory, error);
  if (error) return base::fail(demo_error("cannot make the folder " + options.directory + ": " + error.message()));

  const std::uint16_t port = free_udp_port();
  auto registrar = start_registrar(options, port);
  if (!registrar) return base::fail(registrar.error());
  show("registrar", "Kamailio on " + std::string(kHost) + ":" + std::to_string(port));

  TranscriptWatch watch(show);
  auto agent = Agent::start(agent_options(options, port), [&watch](const AgentEvent& event) { watch.on_event(event); });
  if (!agent) return base::fail(agent.error());
  auto lines = prepare_lines(options.questions, options.caller_voice);
  if (!lines) return base::fail(lines.error());
  CallerPhone caller(std::move(*lines));
  if (auto opened = caller.open(port); !opened) return base::fail(opened.error());

  const auto ready = [&] { return watch.registered() && caller.registered() && (*agent)->is_warm(); };
  if (!wait_for(ready, std::chrono::seconds(20))) {
    return base::fail(demo_error(std::string(registrar->running() ? "the agent and the caller were not registered and ready within 20 seconds" : "Kamailio did not start") + ": see " + options.directory + "/kamailio.log"));
  }
  DemoResult result;
  result.registered = true;
  show("agent", "registered as 6001; calling it from 1001");
  caller.script().on_line = [&watch](const std::string& text) { watch.caller_says(text); };
  hold_call(caller, options, port);

  const CallReport report = caller.script().report();
  result.greeting_ms = report.greeting_ms;
  result.ended_by = report.ended_by;
  (void)wait_for([&] { return (*agent)->calls() == 0; }, std::chrono::seconds(3));
  watch.fill(result, report);
  result.wav = options.directory + "/caller.wav";
  if (auto saved = write_stereo(result.wav, report.recording.sent, report.recording.heard); !saved) return base::fail(saved.error());

  caller.unregister();
  (*agent)->drain();
  (void)wait_for([&] { return (*agent)->drained(); }, std::chrono::seconds(3));
  return result;
}

}  // namespace offhook::inline v0::agent::demo
