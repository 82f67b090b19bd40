#include "tests/support/http_certificates.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <fstream>
#include <stdexcept>

namespace hyakki::test {

namespace {

template <class T, void (*Free)(T*)>
struct freed {
  void operator()(T* p) const { Free(p); }
};
using key_ptr = std::unique_ptr<EVP_PKEY, freed<EVP_PKEY, ::EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, freed<X509, ::X509_free>>;

void need(bool good) {
  if (!good)
    throw std::runtime_error{"a test certificate could not be made"};
}

template <class Write>
std::string pem_of(Write write) {
  auto* bio = ::BIO_new(::BIO_s_mem());
  write(bio);
  char* data = nullptr;
  auto n = ::BIO_get_mem_data(bio, &data);
  std::string text{data, static_cast<std::size_t>(n)};
  ::BIO_free(bio);
  return text;
}

key_ptr new_key() {
  key_ptr key{::EVP_EC_gen("P-256")};
  need(key != nullptr);
  return key;
}

void extend(X509* what, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  ::X509V3_set_ctx(&context, issuer, what, nullptr, nullptr, 0);
  auto* extension = ::X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  need(extension != nullptr);
  ::X509_add_ext(what, extension, -1);
  ::X509_EXTENSION_free(extension);
}

x509_ptr new_certificate(const std::string& name, EVP_PKEY* key, int from_days, int to_days) {
  static std::atomic<long> serial{1};
  x509_ptr x{::X509_new()};
  ::X509_set_version(x.get(), 2);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(x.get()), serial++);
  ::X509_time_adj_ex(X509_getm_notBefore(x.get()), from_days, 0, nullptr);
  ::X509_time_adj_ex(X509_getm_notAfter(x.get()), to_days, 0, nullptr);
  ::X509_set_pubkey(x.get(), key);
  ::X509_NAME_add_entry_by_txt(::X509_get_subject_name(x.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return x;
}

} // namespace

struct certificate_authority::inner {
  key_ptr key;
  x509_ptr own;
  std::string pem;
};

certificate_authority::certificate_authority(const std::string& name) : inner_(std::make_unique<inner>()) {
  inner_->key = new_key();
  inner_->own = new_certificate(name, inner_->key.get(), -2, 3);
  auto* own = inner_->own.get();
  ::X509_set_issuer_name(own, ::X509_get_subject_name(own));
  extend(own, own, NID_basic_constraints, "critical,CA:TRUE");
  extend(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
  extend(own, own, NID_subject_key_identifier, "hash");
  need(::X509_sign(own, inner_->key.get(), ::EVP_sha256()) > 0);
  inner_->pem = pem_of([&](BIO* b) { ::PEM_write_bio_X509(b, own); });
}

certificate_authority::~certificate_authority() = default;

const std::string& certificate_authority::pem() const { return inner_->pem; }

certificate certificate_authority::issue(const std::string& common_name, const std::vector<std::string>& names,
                                         int days) const {
  auto key = new_key();
  auto x = new_certificate(common_name, key.get(), days < 0 ? days - 1 : -1, days);
  auto* own = inner_->own.get();
  ::X509_set_issuer_name(x.get(), ::X509_get_subject_name(own));
  extend(x.get(), own, NID_basic_constraints, "critical,CA:FALSE");
  extend(x.get(), own, NID_authority_key_identifier, "keyid");
  std::string all;
  for (const auto& n : names)
    all += (all.empty() ? "" : ",") + n;
  if (!all.empty())
    extend(x.get(), own, NID_subject_alt_name, all);
  need(::X509_sign(x.get(), inner_->key.get(), ::EVP_sha256()) > 0);
  return {pem_of([&](BIO* b) { ::PEM_write_bio_X509(b, x.get()); }),
          pem_of([&](BIO* b) { ::PEM_write_bio_PrivateKey(b, key.get(), nullptr, nullptr, 0, nullptr, nullptr); })};
}

std::string write_file(const std::string& path, const std::string& text) {
  std::ofstream out{path, std::ios::binary | std::ios::trunc};
  out << text;
  need(static_cast<bool>(out));
  return path;
}

} // namespace hyakki::test
