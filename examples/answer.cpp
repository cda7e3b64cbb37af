// Answers the first call, plays a tone to the caller, and prints the caller's level:     answer [ADDRESS [PORT]]
#include <offhook/agent/phone/endpoint.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <thread>

using namespace offhook;

// Plays 20 ms of 440 Hz at the port's sample rate. Does nothing while the port is full.
static void play(media::AudioPort& port, std::uint64_t& at) {
  media::PlayoutFrame frame;
  frame.utterance = 1;
  frame.samples = static_cast<std::uint16_t>(port.frame_samples());
  for (std::uint16_t i = 0; i < frame.samples; ++i)
    frame.pcm[i] = static_cast<std::int16_t>(8000 * std::sin(6.2831853 * 440 * static_cast<double>(at + i) / port.rate_hz));
  if (port.playout.try_push(frame)) at += frame.samples;
}

int main(int argc, char** argv) {
  phone::EndpointOptions options;
  const auto address = base::IpAddress::parse(argc > 1 ? argv[1] : "0.0.0.0");
  if (!address) return std::fprintf(stderr, "usage: answer [ADDRESS [PORT]]\n"), 2;
  options.sip.bind = *address;
  options.sip.port = static_cast<std::uint16_t>(argc > 2 ? std::atoi(argv[2]) : 0);
  options.max_calls = 1;  // A second caller gets a busy response.

  // The signalling, the media and this thread share only the port. It consists of lock-free rings.
  const auto port = std::make_shared<media::AudioPort>();
  std::atomic<bool> finished{false};
  const auto on_event = [&](const phone::PhoneEvent& event) {
    if (const auto* offered = std::get_if<phone::CallOffered>(&event)) {
      std::printf("%s calls\n", offered->details.from.uri.c_str());
      (void)offered->call->prepare(port);
    }
    // answer() needs the result of prepare(). If there is no common codec, the telephone has already refused the call.
    if (const auto* prepared = std::get_if<phone::CallPrepared>(&event); prepared && prepared->media) (void)prepared->call->answer(*prepared->media);
    if (const auto* connected = std::get_if<phone::CallConnected>(&event))
      std::printf("connected (%s)\n", std::string(phone::to_string(*connected->call->codec())).c_str());
    if (const auto* over = std::get_if<phone::CallFinished>(&event)) {
      std::printf("the call has ended, %llu packets received\n", static_cast<unsigned long long>(over->media ? over->media->packets_received : 0));
      finished = true;
    }
  };

  media::Engine engine{{}};
  auto endpoint = phone::Endpoint::open(options, engine, on_event);
  if (!endpoint) return std::fprintf(stderr, "%s\n", endpoint.error().detail.c_str()), 1;
  std::printf("listening on port %u\n", (*endpoint)->sip_port());
  std::fflush(stdout);

  media::HeardFrame heard;
  int loudest = -127;
  for (std::uint64_t at = 0; !finished;) {
    play(*port, at);
    while (port->heard.try_pop(heard)) loudest = std::max<int>(loudest, heard.level_dbov);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  std::printf("the caller's highest level was %d dBov\n", loudest);
}
