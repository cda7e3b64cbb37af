#include <offhook/sip/identity/passport_memory.hpp>

#include <openssl/sha.h>

namespace offhook::inline v0::sip {

PassportMemory::Digest PassportMemory::digest_of(std::string_view text) {
  Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

void PassportMemory::forget_oldest() {
  calls_.erase(order_.front().passport);
  order_.pop_front();
}

bool PassportMemory::is_replayed(std::string_view signed_text, std::string_view call_id, std::int64_t now, std::chrono::seconds keep) {
  while (!order_.empty() && order_.front().until < now) forget_oldest();
  const Digest passport = digest_of(signed_text), call = digest_of(call_id);
  if (const auto seen = calls_.find(passport); seen != calls_.end()) return seen->second != call;
  if (calls_.size() >= kMaxPassports) forget_oldest();
  calls_.emplace(passport, call);
  order_.push_back({passport, now + keep.count()});
  return false;
}

}  // namespace offhook::inline v0::sip
