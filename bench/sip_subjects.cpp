#include <offhook/bench/subjects.hpp>

#include <offhook/bench/peers/peers.h>
#include <offhook/sdp/parser.hpp>
#include <offhook/sip/message/parser.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <utility>

namespace offhook::bench {

namespace {

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (text.empty())
    throw std::runtime_error(path + " cannot be read: start the benchmarks with ./dev bench, from the top of the tree");
  return text;
}

template <class Value>
std::size_t count(sip::Values<Value> values) {
  std::size_t count = 0;
  while (values.next() != nullptr) ++count;
  return count;
}

std::size_t count(sip::Tokens tokens) {
  std::size_t count = 0;
  while (tokens.next()) ++count;
  return count;
}

/// Reads all header fields that a user agent may need. parse_message has already typed some of them (top Via, From, To, Call-ID, CSeq).
std::size_t read_typed(const sip::Message& message) {
  using sip::HeaderName;
  std::size_t seen = count(message.vias()) + message.cseq().number + message.call_id().size();
  seen += message.from().tag().has_value() + message.to().tag().has_value();
  seen += count(message.contacts()) + count(message.routes()) + count(message.record_routes());
  seen += message.max_forwards().value_or(0) + message.content_length().value_or(0) + message.content_type().size();
  seen += count(message.tokens(HeaderName::Require)) + count(message.tokens(HeaderName::Supported));
  seen += count(message.tokens(HeaderName::Allow));
  seen += message.session_expires().has_value() + message.authorization().has_value();
  return seen;
}

std::size_t offhook_reads(sip::SlabPool& pool, const std::string& text, offhook_depth depth) {
  auto slab = pool.copy({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  const auto message = depth == OFFHOOK_INDEX ? sip::index_message(std::move(slab)) : sip::parse_message(std::move(slab));
  if (!message) return 0;
  std::size_t seen = 1 + message->headers().size();
  if (depth >= OFFHOOK_TYPED) seen += read_typed(*message);
  if (depth < OFFHOOK_SDP) return seen;
  const auto session = sdp::parse_session(message->body());
  return session ? seen + session->media.size() : 0;
}

using Peer = std::size_t (*)(const char*, std::size_t, offhook_depth);

Subject subject(const std::string& name, const std::shared_ptr<const std::string>& text, offhook_depth depth) {
  const auto pool = std::make_shared<sip::SlabPool>();
  const auto checked = [name](const char* who,
                              std::size_t seen) {  // A refusal is quick. Therefore it must not be measured.
    if (seen == 0) throw std::runtime_error(std::string(who) + " refuses the message of " + name);
  };
  checked("offhook", offhook_reads(*pool, *text, depth));
  Subject result{name, {"offhook", repeat([pool, text, depth](std::size_t) { keep(offhook_reads(*pool, *text, depth)); })}, {}};
  const std::pair<const char*, Peer> peers[] = {{"libosip2", offhook_osip}, {"sofia-sip", offhook_sofia}, {"libre", offhook_re}};
  for (const auto& [who, parse] : peers) {
    checked(who, parse(text->data(), text->size(), depth));
    result.peers.push_back(
        {who, repeat([parse = parse, text, depth](std::size_t) { keep(parse(text->data(), text->size(), depth)); })});
  }
  return result;
}

}  // namespace

std::vector<Subject> sip_subjects(const std::string& folder) {
  const auto invite = std::make_shared<const std::string>(read(folder + "/invite.sip"));
  const auto ok = std::make_shared<const std::string>(read(folder + "/200-ok.sip"));
  std::vector<Subject> subjects;
  for (const auto& [name, depth] :
       {std::pair{"sip.parse.index", OFFHOOK_INDEX}, {"sip.parse.typed", OFFHOOK_TYPED}, {"sip.parse.full_sdp", OFFHOOK_SDP}}) {
    subjects.push_back(subject(name, invite, depth));
    subjects.push_back(subject(std::string(name) + ".200_ok", ok, depth));
  }
  return subjects;
}

}  // namespace offhook::bench
