#include <offhook/bench/callers_phone.hpp>

#include <fmt/format.h>

namespace offhook::bench {

phone::EndpointOptions callers_phone(std::size_t most_calls) {
  phone::EndpointOptions options;
  options.sip.bind = *base::IpAddress::parse("127.0.0.1");
  options.stack.number = 2;
  options.codecs = {media::AudioCodec::Pcmu};  // This is the cheapest codec, so that the callers leave most of the processor time to the agent.
  options.max_calls = most_calls;
  return options;
}

sip::AccountOptions callers_account(std::uint16_t registrar_port) {
  sip::AccountOptions account;
  account.registrar = fmt::format("sip:127.0.0.1:{}", registrar_port);
  account.address_of_record = fmt::format("sip:1001@127.0.0.1:{}", registrar_port);
  account.username = "1001";
  account.password = "any";
  return account;
}

}  // namespace offhook::bench
