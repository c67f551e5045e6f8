package robottest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// MailFault is one bad turn of a mail server: at a command it answers with a line
// of its own, or with nothing.
type MailFault struct {
	// At is the command: EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, or "." for the end
	// of the mail.
	At string
	// Answer is the line, such as "451 4.7.1 try later".
	Answer string
	// Hang answers nothing, Close closes the connection.
	Hang, Close bool
	// Accept takes the mail first.
	Accept bool
}

// MailServer is a running mail server that speaks STARTTLS.
type MailServer struct {
	ln  net.Listener
	tls *tls.Config
	// Roots are the authorities that vouch for it, PEM the same for a program that
	// reads its authorities from a file.
	Roots *x509.CertPool
	PEM   []byte

	mu     sync.Mutex
	script []MailFault
	mails  []string
	plain  int
	wg     sync.WaitGroup
	done   chan struct{}
}

// StartMail runs a mail server on loopback until the test ends.
func StartMail(tb testing.TB) *MailServer {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("robottest: %v", err)
	}
	s := &MailServer{ln: ln, done: make(chan struct{})}
	s.tls, s.Roots, s.PEM = certificate(tb)
	s.wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			s.wg.Go(func() { s.serve(c) })
		}
	})
	tb.Cleanup(func() {
		close(s.done)
		_ = ln.Close()
		s.wg.Wait()
	})
	return s
}

// Addr is the server's host and port.
func (s *MailServer) Addr() (host string, port int) {
	a, _ := s.ln.Addr().(*net.TCPAddr)
	return "127.0.0.1", a.Port
}

// Script queues faults: each is used up at its command.
func (s *MailServer) Script(faults ...MailFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = append(s.script, faults...)
}

// Mails returns the mails taken so far, as they came.
func (s *MailServer) Mails() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Plain counts what came unencrypted beyond EHLO and STARTTLS.
func (s *MailServer) Plain() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.plain
}

func (s *MailServer) serve(c net.Conn) {
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-s.done:
		case <-stop:
		}
		_ = c.Close()
	}()
	in := bufio.NewReader(c)
	secure := false
	say := func(line string) { _, _ = c.Write([]byte(line + "\r\n")) }
	say("220 mail.example.invalid ESMTP")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " ")
		if !secure && verb != "EHLO" && verb != "STARTTLS" && verb != "QUIT" {
			s.mu.Lock()
			s.plain++
			s.mu.Unlock()
		}
		if f := s.next(verb); f != nil {
			if !s.bad(f, say) {
				return
			}
			continue
		}
		switch verb {
		case "EHLO":
			if secure {
				say("250-mail.example.invalid\r\n250-AUTH PLAIN LOGIN\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES")
			} else {
				say("250-mail.example.invalid\r\n250 STARTTLS")
			}
		case "STARTTLS":
			say("220 go ahead")
			t := tls.Server(c, s.tls)
			if t.Handshake() != nil {
				return
			}
			c, in, secure = t, bufio.NewReader(t), true
		case "AUTH":
			say("235 2.7.0 welcome")
		case "DATA":
			say("354 go on")
			if !s.data(in, say) {
				return
			}
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 2.0.0 ok")
		}
	}
}

// data reads a mail and answers; false closes the connection.
func (s *MailServer) data(in *bufio.Reader, say func(string)) bool {
	var b strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(line, ".")) // RFC 5321, 4.5.2
	}
	f := s.next(".")
	if f == nil || f.Accept {
		s.mu.Lock()
		s.mails = append(s.mails, b.String())
		s.mu.Unlock()
	}
	if f != nil {
		return s.bad(f, say)
	}
	say("250 2.0.0 queued")
	return true
}

func (s *MailServer) bad(f *MailFault, say func(string)) bool {
	switch {
	case f.Hang:
		<-s.done
		return false
	case f.Close:
		return false
	}
	say(f.Answer)
	return true
}

func (s *MailServer) next(verb string) *MailFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.script {
		if f.At == verb {
			s.script = slices.Delete(s.script, i, i+1)
			return &f
		}
	}
	return nil
}

func certificate(tb testing.TB) (*tls.Config, *x509.CertPool, []byte) {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, roots,
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
