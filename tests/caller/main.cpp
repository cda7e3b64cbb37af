// offhook_test_caller: a telephone for tests. It registers, calls, performs its steps, and records both directions with one clock. It
// prints the measurements of its recording as one line of JSON.
#include <offhook/agent/demo/wav_files.hpp>
#include <offhook/agent/phone/endpoint.hpp>
#include <offhook/tests/caller/recording_search.hpp>
#include <offhook/tests/caller/step_caller.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <cstdio>
#include <mutex>

namespace {

using namespace offhook;
using offhook_test::wait_until;

struct Options {
  std::string registrar = "127.0.0.1:5060", extension = "1001", target, search, wav, voice = "rms", codec = "PCMU";
  int limit_s = 120;
  std::vector<caller::Step> steps;
  std::vector<std::string> lines;
  struct Wanted { std::string name; std::vector<std::int16_t> pcm; };
  std::vector<Wanted> wanted;  ///< sentences to find in the received audio
};

int complain(const std::string& what) {
  fmt::print(stderr,
             "offhook_test_caller: {}\nusage: offhook_test_caller --registrar HOST:PORT --call URI [--extension N] [--wav FILE] [--voice slt|rms]\n"
             "       [--codec PCMU|PCMA|G722|opus|L16] [--limit SECONDS] [--look-for NAME=WAV]... STEP...\nsteps: wait[:MS] say:TEXT interrupt:MS:TEXT press:KEYS silence:MS hangup\n"
             "   or: offhook_test_caller --search WAV --look-for NAME=WAV...: searches the recording of another telephone\n",
             what);
  return 2;
}

std::optional<std::string> look_for(const std::string& value, Options& options) {
  const auto equals = value.find('=');
  if (equals == std::string::npos) return "--look-for needs a value of the form NAME=WAV";
  auto pcm = agent::demo::read_speech(value.substr(equals + 1), 0);
  if (!pcm) return pcm.error().detail;
  options.wanted.push_back({value.substr(0, equals), std::move(*pcm)});
  return std::nullopt;
}

std::optional<std::string> read_options(int count, char** arguments, Options& options) {
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    if (!name.starts_with("--")) {
      const auto step = caller::parse_step(name);
      if (!step) return "the step " + name + " is unknown";
      if (step->what == caller::Step::What::Say || step->what == caller::Step::What::Interrupt) options.lines.push_back(step->text);
      options.steps.push_back(*step);
      continue;
    }
    if (++i == count) return name + " needs a value";
    const std::string value = arguments[i];
    if (name == "--registrar") options.registrar = value;
    else if (name == "--extension") options.extension = value;
    else if (name == "--call") options.target = value;
    else if (name == "--wav") options.wav = value;
    else if (name == "--voice") options.voice = value;
    else if (name == "--codec") options.codec = value;
    else if (name == "--limit") options.limit_s = std::stoi(value);
    else if (name == "--search") options.search = value;
    else if (name == "--look-for") {
      if (auto wrong = look_for(value, options)) return wrong;
    } else return "the option " + name + " is unknown";
  }
  if (options.target.empty() && options.search.empty()) return "no target: give --call URI, or --search WAV";
  return std::nullopt;
}

media::AudioCodec codec_of(const std::string& name) {
  for (const auto codec : {media::AudioCodec::Pcma, media::AudioCodec::G722, media::AudioCodec::Opus, media::AudioCodec::L16Wide}) {
    if (phone::to_string(codec) == name) return codec;
  }
  return media::AudioCodec::Pcmu;
}

struct Phone {
  std::atomic<bool> registered{false}, connected{false}, ended{false}, by_them{false};
  std::atomic<int> status{0};
  phone::CallPtr call;
  phone::Account account;
  struct MediaChange { base::TimePoint at; bool sends = true, receives = true; };
  std::mutex mutex;
  base::TimePoint connected_at{};
  std::vector<MediaChange> changes;

  void on_event(const phone::PhoneEvent& event) {
    if (const auto* e = std::get_if<phone::RegistrationChanged>(&event)) registered = e->details.state == sip::RegistrationChanged::State::Registered;
    if (std::holds_alternative<phone::CallConnected>(event)) {
      const std::lock_guard lock(mutex);
      connected_at = base::Clock::now();
      connected = true;
    }
    if (const auto* e = std::get_if<phone::CallMediaChanged>(&event)) {
      const std::lock_guard lock(mutex);
      changes.push_back({base::Clock::now(), e->sends, e->receives});
    }
    if (const auto* e = std::get_if<phone::CallFinished>(&event)) {
      by_them = e->details.by == sip::CallEnded::By::Remote;
      status = e->details.status;
      ended = true;
    }
  }
};

long long in_ms(std::size_t samples) { return static_cast<long long>(samples) * 1000 / agent::demo::kSpeechRate; }

/// Returns the position and the likeness of each sentence in the received audio (recording_search.hpp).
nlohmann::json found_in(const agent::demo::Recording& recording, const std::vector<Options::Wanted>& wanted) {
  nlohmann::json all = nlohmann::json::object();
  for (const auto& [name, pcm] : wanted) {
    const auto found = caller::find_sentence(recording.heard, pcm);
    if (!found) continue;
    all[name] = {{"at_ms", in_ms(found->begin)}, {"ends_ms", in_ms(found->end)}, {"likeness", found->likeness}, {"worst", found->worst}, {"weak", found->weak}, {"jumps", found->jumps}};
  }
  return all;
}

int search(const Options& options) {
  agent::demo::Recording recording;
  auto pcm = agent::demo::read_speech(options.search, 0);
  if (!pcm) return complain(pcm.error().detail);
  recording.heard = std::move(*pcm);
  fmt::print("{}\n", nlohmann::json{{"found", found_in(recording, options.wanted)}}.dump());
  return 0;
}

nlohmann::json report_of(const caller::StepCaller& script, Phone& phone) {
  nlohmann::json steps = nlohmann::json::array();
  for (const auto& done : script.report()) {
    nlohmann::json step{{"step", done.step}, {"at_ms", done.at_ms}};
    if (done.response_ms) step["response_ms"] = *done.response_ms;
    if (done.silenced_ms) step["silenced_ms"] = *done.silenced_ms;
    steps.push_back(std::move(step));
  }
  nlohmann::json report{{"connected", phone.connected.load()}, {"ended_by", phone.by_them ? "them" : "us"}, {"steps", std::move(steps)}};
  if (const auto greeting = script.greeting_ms()) report["greeting_ms"] = *greeting;
  report["digits"] = script.heard_digits();
  report["held"] = nlohmann::json::array();
  const std::lock_guard lock(phone.mutex);
  for (const auto& change : phone.changes) {
    const auto at = std::chrono::duration_cast<std::chrono::milliseconds>(change.at - phone.connected_at).count();
    report["held"].push_back({{"at_ms", at}, {"sends", change.sends}, {"receives", change.receives}});
  }
  return report;
}

}  // namespace

int main(int count, char** arguments) {
  Options options;
  if (const auto wrong = read_options(count, arguments, options)) return complain(*wrong);
  if (!options.search.empty()) return search(options);
  auto lines = agent::demo::prepare_lines(options.lines, options.voice);
  if (!lines) return complain(lines.error().detail);
  caller::StepCaller script(options.steps, std::move(*lines));
  media::Engine engine{{1, 16384, 32767, std::chrono::seconds(30), {}}};
  Phone phone;  // This is declared after the engine, so that the audio of its calls ends before the engine.
  phone::EndpointOptions endpoint_options;
  endpoint_options.sip.bind = *base::IpAddress::parse("127.0.0.1");
  endpoint_options.stack.number = 3;
  endpoint_options.codecs = {codec_of(options.codec)};
  auto endpoint = phone::Endpoint::open(endpoint_options, engine, [&phone](const phone::PhoneEvent& event) { phone.on_event(event); });
  if (!endpoint) return complain(endpoint.error().detail);
  sip::AccountOptions account;
  account.address_of_record = "sip:" + options.extension + "@" + options.registrar;
  account.registrar = "sip:" + options.registrar;
  account.username = options.extension;
  account.password = "secret-" + options.extension;
  (*endpoint)->post([&] {
    if (const auto added = (*endpoint)->add_account(account)) phone.account = *added;
  });
  if (!wait_until([&] { return phone.registered.load(); }, std::chrono::seconds(15)))
    return complain("the registrar did not register the extension " + options.extension + " within 15 s");
  (*endpoint)->post([&] {
    auto call = (*endpoint)->dial({phone.account, options.target, {}, true, {}}, script.port());
    if (call) phone.call = *call; else phone.ended = true;
  });
  bool told = false, hung_up = false;
  const auto follow_script = [&] {
    if (phone.connected && !told) {
      told = true;
      script.on_connected();
    }
    script.poll();
    if (script.wants_to_hang_up() && !std::exchange(hung_up, true)) (*endpoint)->post([&phone] { (void)phone.call->hang_up(); });
  };
  const auto is_over = [&] {
    if (!phone.ended) follow_script();
    return phone.ended.load();
  };
  const bool over = wait_until(is_over, std::chrono::seconds(options.limit_s));
  const auto recording = script.recording();
  if (!options.wav.empty()) (void)agent::demo::write_stereo(options.wav, recording.sent, recording.heard);
  auto report = report_of(script, phone);
  report["found"] = found_in(recording, options.wanted);
  report["voiced_ms"] = nlohmann::json::array();
  for (const auto& [begin, end] : caller::voiced_stretches(recording.heard, recording.rate_hz, 300)) report["voiced_ms"].push_back({in_ms(begin), in_ms(end)});
  report["length_ms"] = in_ms(recording.heard.size());
  if (!over) {
    report["ended_by"] = "limit";
    (*endpoint)->post([&phone] { if (phone.call) (void)phone.call->hang_up(); });
    (void)wait_until([&] { return phone.ended.load(); }, std::chrono::seconds(2));
  }
  fmt::print("{}\n", report.dump());
  (*endpoint)->post([&] { (void)phone.account.unregister(); });
  (void)wait_until([&] { return !phone.registered; }, std::chrono::seconds(2));
  return over ? 0 : 1;
}
