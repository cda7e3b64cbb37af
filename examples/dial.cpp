// Calls an address, listens for some seconds and hangs up:     dial sip:bob@192.0.2.7:5060 [SECONDS]
#include <offhook/agent/phone/endpoint.hpp>

#include <cstdio>
#include <cstdlib>
#include <future>

using namespace offhook;

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: dial TARGET [SECONDS]\n"), 2;
  const std::string target = argv[1];
  const std::chrono::seconds listen_for(argc > 2 ? std::atoi(argv[2]) : 5);

  media::Engine engine{{}};  // This is declared first, because it must outlive the endpoint.
  std::unique_ptr<phone::Endpoint> endpoint;
  std::promise<int> over;
  const auto on_event = [&](const phone::PhoneEvent& event) {
    if (std::holds_alternative<phone::CallRinging>(event)) std::printf("it rings\n");
    if (const auto* connected = std::get_if<phone::CallConnected>(&event)) {
      std::printf("connected (%s)\n", std::string(phone::to_string(*connected->call->codec())).c_str());
      // The handle stays valid. If the peer has already hung up, hang_up() returns WrongState and does nothing.
      endpoint->post_after(listen_for, [call = connected->call] { (void)call->hang_up(); });
    }
    if (const auto* finished = std::get_if<phone::CallFinished>(&event)) {
      const auto& end = finished->details;
      std::printf("over: %s, %d %s\n", end.by == sip::CallEnded::By::Local ? "we hung up" : "the other side ended it", end.status, end.reason.c_str());
      over.set_value(finished->media && finished->media->packets_received > 0 ? 0 : 1);
    }
  };

  auto opened = phone::Endpoint::open({}, engine, on_event);
  if (!opened) return std::fprintf(stderr, "%s\n", opened.error().detail.c_str()), 1;
  endpoint = std::move(*opened);

  endpoint->post([&] {
    // The account does not register. It only sets the caller's address.
    sip::AccountOptions who;
    who.address_of_record = "sip:anna@anna.invalid";
    who.registers = false;
    const auto account = endpoint->add_account(who);
    if (!account) return over.set_value(1);
    phone::DialOptions options{*account, target, {}, false};  // sends the INVITE directly to the target, not through a registrar
    const auto call = endpoint->dial(options, std::make_shared<media::AudioPort>());
    if (call) return;
    std::fprintf(stderr, "%s\n", call.error().detail.c_str());
    over.set_value(1);
  });
  return over.get_future().get();
}
